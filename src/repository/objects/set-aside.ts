import type { Key } from '../../key/index.ts';
import { makeDirectory } from '../files/directories.ts';
import type { Disk } from '../files/disk.ts';
import { fsyncDirectory } from '../files/durable.ts';
import type { AnnexModes } from '../files/annex-modes.ts';
import { inWritableDirectory } from './key-directory.ts';
import type { ObjectLayout } from './layout.ts';
import { ObjectStoreError } from './object-errors.ts';
import type { ObjectLocation } from './object-location.ts';

/** Where bytes are set aside. */
export interface AsidePlace {
  readonly layout: ObjectLayout;
  readonly modes: AnnexModes;
  readonly disk: Disk;
}

/** Files that are kept of one key; nobody needs more to find out what happened to it. */
const keptMax = 10;

/**
 * Moves a file that is not the content to `annex/bad/KEYFILE`, as `git annex fsck` does, where
 * `git annex unused` finds it; with a number behind the name when one is there already. Bytes that
 * somebody may yet want are never thrown away here.
 */
export async function setAside(
  key: Key,
  location: ObjectLocation,
  { layout, modes, disk }: AsidePlace,
): Promise<void> {
  await makeDirectory(layout.badDirectory, modes.directory, disk);
  for (let number = 0; number < keptMax; number += 1) {
    const path = layout.bad(key, number);
    if ((await disk.look(path)) !== undefined) continue;
    await inWritableDirectory(location.directory, { modes, disk }, () =>
      disk.rename(location.content, path),
    );
    await fsyncDirectory(layout.badDirectory, disk);
    return;
  }
  throw new ObjectStoreError(
    `annex/bad holds ${keptMax} files of this key already; look at them, and remove them`,
    { key, path: location.content },
  );
}
