import { parseKeyFile } from './key-file.ts';
import type { Key } from './key.ts';

/** Longest content that can stand for a key, a link or a pointer (spec/git-annex-branch.md section 2). */
export const pointerBytesMax: number = 32 * 1024;

/** The key that a link leads to, or that the first line of a pointer file names. */
export function pointedKey(content: string, isLink: boolean): Key | undefined {
  const [line = ''] = content.split('\n', 1);
  const marker = isLink ? /(?:^|\/)\.git\/annex\/objects\// : /^\/annex\/objects\//;
  return marker.test(line) ? parseKeyFile(line.slice(line.lastIndexOf('/') + 1)) : undefined;
}
