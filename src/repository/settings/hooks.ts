import type { Disk } from '../files/disk.ts';
import { repositorySettings } from './annex-settings.ts';

const known = repositorySettings.flatMap(({ hook }) => hook ?? []);

/** Names of the files in a directory of hooks that stand for a setting and can be run. */
export async function hooksIn(directory: string, disk: Disk): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    known.map(async (name) => {
      const status = await disk.status(`${directory}/${name}`);
      return status !== undefined && (status.mode & 0o111n) !== 0n ? name : undefined;
    }),
  );
  return new Set(names.filter((name) => name !== undefined));
}
