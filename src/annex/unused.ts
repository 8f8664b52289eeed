import { readFile } from 'node:fs/promises';
import { isErrorCode } from '../units/index.ts';

/**
 * The serialized keys that the last `git annex unused` of a repository listed, by its git directory:
 * a line each of `annex/unused`, number and key, with the time of the first listing behind.
 */
export async function readUnusedKeys(gitDirectory: string): Promise<ReadonlySet<string>> {
  let text: string;
  try {
    text = await readFile(`${gitDirectory}/annex/unused`, 'utf8');
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return new Set();
    throw error;
  }
  return new Set(text.split('\n').flatMap((line) => unusedLine.exec(line)?.[1] ?? []));
}

const unusedLine = /^\d+ (\S+)(?: \S+)?$/;
