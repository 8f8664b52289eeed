import type { AnnexModes } from '../../files/annex-modes.ts';
import type { Disk, Soon } from '../../files/disk.ts';
import { fsyncDirectory } from '../../files/durable.ts';
import {
  fsyncAncestors,
  fsyncKeyDirectories,
  inWritableDirectory,
  makeKeyDirectory,
  protectDirectory,
} from '../key-directory.ts';
import type { ObjectLocation } from '../object-location.ts';
import { isErrorCode } from '../../../units/index.ts';

/** How often moving a content into place is tried while others remove the directories around it. */
const attemptsMax = 100;

/** A complete content, and where it goes. */
export interface ContentPlace {
  readonly partial: Buffer;
  readonly location: ObjectLocation;
  readonly modes: AnnexModes;
  readonly disk: Disk;
}

/**
 * 1. Rename, 2. protect the key's directory, 3. make the names durable. A crash after each step leaves
 * the partial content, or the content; after 1 the key's directory may stay writable, which nothing
 * minds.
 *
 * @param prepared the directories that were made, and on the disk, before.
 */
export async function moveIntoPlace(
  { partial, location, modes, disk }: ContentPlace,
  prepared: string | undefined,
): Promise<void> {
  let isAsPrepared = prepared !== undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const move = (): Soon<void> => disk.rename(partial, location.content);
      await inWritableDirectory(location.directory, { modes, disk }, move);
      break;
    } catch (error) {
      // Whoever drops the last content of a hash directory removes the directory.
      if (!isErrorCode(error, 'ENOENT') || attempt === attemptsMax) throw error;
      if ((await disk.look(partial)) === undefined) throw error;
    }
    await makeKeyDirectory(location, modes, disk);
    isAsPrepared = false;
  }
  await protectDirectory(location.directory, modes, disk);
  isAsPrepared &&= (await identity(location, disk)) === prepared;
  if (isAsPrepared) await fsyncDirectory(location.directory, disk);
  else await fsyncKeyDirectories(location, disk);
}

/**
 * Makes the directories that a content goes to, and their names durable, while the content itself is
 * being synced: the two share what a file system does for a sync.
 *
 * @returns what tells them from directories that others make in their place; `undefined` when others
 * have just removed one.
 */
export async function prepareDirectories({
  location,
  modes,
  disk,
}: ContentPlace): Promise<string | undefined> {
  await makeKeyDirectory(location, modes, disk);
  const made = await identity(location, disk);
  await fsyncAncestors(location, disk);
  return made;
}

async function identity(location: ObjectLocation, disk: Disk): Promise<string | undefined> {
  const parts: string[] = [];
  for (const directory of [location.directory, ...location.ancestors]) {
    const status = await disk.status(directory);
    if (status === undefined) return undefined;
    // Numbers of removed directories are soon given to new ones.
    parts.push(`${status.ino} ${status.birthtimeNs}`);
  }
  return parts.join(' ');
}
