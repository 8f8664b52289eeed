import { DiskFile, openFlags, ownDisk } from '../repository/index.ts';
import { decodeText, isErrorCode } from '../units/index.ts';

/**
 * The serialized keys that the last `git annex unused` of a repository listed, by its git directory:
 * a line each of `annex/unused`, number and key, with the time of the first listing behind.
 */
export async function readUnusedKeys(gitDirectory: string): Promise<ReadonlySet<string>> {
  const text = await textOf(`${gitDirectory}/annex/unused`);
  return new Set(text.split('\n').flatMap((line) => unusedLine.exec(line)?.[1] ?? []));
}

const unusedLine = /^\d+ (\S+)(?: \S+)?$/;

/** The text of a file; none of one that is not there. */
async function textOf(path: string): Promise<string> {
  try {
    const file = await DiskFile.open(ownDisk, path, openFlags.O_RDONLY);
    try {
      return decodeText(await file.readAll(Number((await file.status()).size)));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return '';
    throw error;
  }
}
