import { readFile } from 'node:fs/promises';
import { isErrorCode } from '../files/error-code.ts';

/**
 * Whether a repository has a ref of that name, whatever it leads to: git takes one that is damaged, or
 * whose commit is lost, for none. Of repositories that keep their refs in tables nothing is known.
 */
export async function hasRef(gitDirectory: string, name: string): Promise<boolean> {
  if ((await textOf(`${gitDirectory}/${name}`)) !== undefined) return true;
  const packed = (await textOf(`${gitDirectory}/packed-refs`)) ?? '';
  return packed.split('\n').some((line) => line.endsWith(` ${name}`));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}
