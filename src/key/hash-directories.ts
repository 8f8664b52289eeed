import { md5 } from '@noble/hashes/legacy.js';
import { encodeText } from '../units/index.ts';
import { serializeUnchunkedKey, type Key } from './key.ts';

const digits = '0123456789zqjxkmvwgpfZQJXKMVWGPF';

/**
 * `f87/4d5/`: the directories of a key in the git-annex branch, in bare repositories and in special
 * remotes (spec/git-annex-branch.md section 1.3). Chunks share the directories of their key.
 */
export function hashDirectoryLower(key: Key): string {
  const digest = digestOf(key);
  const hex = [...digest.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 3)}/${hex.slice(3, 6)}/`;
}

/** `pX/ZJ/`: the directories of a key in a repository with a work tree (section 1.3). */
export function hashDirectoryMixed(key: Key): string {
  const digest = digestOf(key);
  const word = new DataView(digest.buffer, digest.byteOffset).getUint32(0, true);
  const [c0, c1, c2, c3] = [0, 1, 2, 3].map((i) => digits.charAt((word >>> (6 * i)) & 31));
  return `${c1}${c0}/${c3}${c2}/`;
}

function digestOf(key: Key): Uint8Array {
  return md5(encodeText(serializeUnchunkedKey(key)));
}
