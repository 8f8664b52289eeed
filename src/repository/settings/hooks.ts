import { stat } from 'node:fs/promises';
import { repositorySettings } from './annex-settings.ts';

const known = repositorySettings.flatMap(({ hook }) => hook ?? []);

/** Names of the files in a directory of hooks that stand for a setting and can be run. */
export async function hooksIn(directory: string): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    known.map(async (name) => {
      // A repository may have no hooks.
      const status = await stat(`${directory}/${name}`).catch(() => undefined);
      return status !== undefined && (status.mode & 0o111) !== 0 ? name : undefined;
    }),
  );
  return new Set(names.filter((name) => name !== undefined));
}
