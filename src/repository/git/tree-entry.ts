import { encodeText } from '../../units/index.ts';
import type { GitObject } from './cat-file-answers.ts';

/**
 * The SHA of an entry of a tree, by a name of any bytes. A tree is a row of `MODE NAME`, NUL and
 * the bytes of a SHA.
 */
export function entryOfTree(tree: GitObject, name: string): string | undefined {
  const bytes = Buffer.from(tree.bytes.buffer, tree.bytes.byteOffset, tree.bytes.byteLength);
  const wanted = encodeText(name);
  const shaBytes = tree.sha.length / 2;
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) return undefined;
    const next = end + 1 + shaBytes;
    if (bytes.subarray(space + 1, end).equals(wanted)) {
      return bytes.subarray(end + 1, next).toString('hex');
    }
    start = next;
  }
  return undefined;
}
