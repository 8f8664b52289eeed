import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeText } from '../units/index.ts';
import { serializeUnchunkedKey, type Key } from './key.ts';

/** MD5, in hex, of the bytes that a text stands for. */
export type Md5 = (text: string) => string;

const digits = '0123456789zqjxkmvwgpfZQJXKMVWGPF';

/**
 * `f87/4d5/`: the directories of a key in the git-annex branch, in bare repositories and in special
 * remotes (spec/git-annex-branch.md section 1.3). Chunks share the directories of their key.
 *
 * @param md5Of a faster MD5 than the one that runs anywhere.
 */
export function hashDirectoryLower(key: Key, md5Of: Md5 = pureMd5): string {
  const hex = md5Of(serializeUnchunkedKey(key));
  return `${hex.slice(0, 3)}/${hex.slice(3, 6)}/`;
}

/**
 * `pX/ZJ/`: the directories of a key in a repository with a work tree (spec/git-annex-branch.md
 * section 1.3).
 */
export function hashDirectoryMixed(key: Key, md5Of: Md5 = pureMd5): string {
  const hex = md5Of(serializeUnchunkedKey(key));
  const byte = (at: number): number => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  // The low 24 bits of a little-endian word hold all four digits, of five bits six apart.
  const word = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  const digit = (place: number): string => digits.charAt((word >>> (6 * place)) & 31);
  return `${digit(1)}${digit(0)}/${digit(3)}${digit(2)}/`;
}

function pureMd5(text: string): string {
  return bytesToHex(md5(encodeText(text)));
}
