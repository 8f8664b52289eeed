import type { Disk } from '../files/disk.ts';
import { openFlags } from '../files/system-calls.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * Whether a repository has a ref of that name, whatever it leads to: git takes one that is damaged, or
 * whose commit is lost, for none. Of repositories that keep their refs in tables nothing is known.
 */
export async function hasRef(
  name: string,
  { gitDirectory, disk }: { readonly gitDirectory: string; readonly disk: Disk },
): Promise<boolean> {
  if ((await textOf(`${gitDirectory}/${name}`, disk)) !== undefined) return true;
  const packed = (await textOf(`${gitDirectory}/packed-refs`, disk)) ?? '';
  return packed.split('\n').some((line) => line.endsWith(` ${name}`));
}

async function textOf(path: string, disk: Disk): Promise<string | undefined> {
  try {
    const file = await disk.open(path, openFlags.O_RDONLY);
    try {
      const { size } = await file.status();
      return Buffer.from(await file.readAll(Number(size))).toString('latin1');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}
