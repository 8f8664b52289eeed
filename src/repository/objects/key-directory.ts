import type { Disk } from '../files/disk.ts';
import { makeDirectory, makeDirectoryDurably, whenDurable } from '../files/directories.ts';
import { fsyncDirectory } from '../files/durable.ts';
import type { ObjectLocation } from './object-location.ts';
import type { AnnexModes } from '../files/annex-modes.ts';
import { isErrorCode } from '../../units/index.ts';

/** How often a change of a key's directory is tried while other processes change it too. */
const attemptsMax = 20;

/**
 * Makes the hash directories and the directory of a key, which stays writable for now. Their names
 * become durable by {@link fsyncKeyDirectories}, that of the object directory here.
 */
export async function makeKeyDirectory(
  location: ObjectLocation,
  modes: AnnexModes,
  disk: Disk,
): Promise<void> {
  const [objects, ...hashDirectories] = location.ancestors;
  const make = async (): Promise<void> => {
    for (const path of [...hashDirectories, location.directory]) {
      await makeDirectory(path, modes.directory, disk);
    }
  };
  try {
    await make();
    if (objects !== undefined) await whenDurable(objects);
  } catch (error) {
    // The object directory is made for the first content, and stays.
    if (!isErrorCode(error, 'ENOENT') || objects === undefined) throw error;
    await makeDirectoryDurably(objects, modes.directory, disk);
    await make();
  }
}

/**
 * Does something in a key's directory that makes or removes names there. The directory of a content
 * is write protected; it is opened for the moment, as git-annex does, and tried again when another
 * process closes it at just that moment.
 */
export async function inWritableDirectory<T>(
  directory: Buffer,
  { modes, disk }: { readonly modes: AnnexModes; readonly disk: Disk },
  action: () => T | Promise<T>,
): Promise<T> {
  let wasOpened = false;
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await action();
      } catch (error) {
        if (!isErrorCode(error, 'EACCES') || attempt === attemptsMax) throw error;
      }
      await disk.setMode(directory, modes.directory);
      wasOpened = true;
    }
  } finally {
    if (wasOpened) await protectDirectory(directory, modes, disk);
  }
}

/** Gives a key's directory the mode it has while the content is there. */
export async function protectDirectory(
  directory: Buffer,
  modes: AnnexModes,
  disk: Disk,
): Promise<void> {
  try {
    await disk.setMode(directory, modes.keyDirectory);
  } catch (error) {
    // Gone with its content; or another user's, in a shared repository, who has set the mode.
    if (!isErrorCode(error, 'ENOENT', 'EPERM')) throw error;
  }
}

/**
 * Removes the key's directory and the hash directories that are empty, innermost first, and makes
 * that durable. The object directory itself stays.
 */
export async function removeEmptyDirectories(location: ObjectLocation, disk: Disk): Promise<void> {
  const upwards = [location.directory, ...location.ancestors.slice(1).reverse()];
  for (const directory of upwards) {
    if (!(await removedIfEmpty(directory, disk))) return fsyncIfThere(directory, disk);
  }
  await fsyncIfThere(location.ancestors[0], disk);
}

async function removedIfEmpty(directory: Buffer, disk: Disk): Promise<boolean> {
  try {
    await disk.removeDirectory(directory);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return true;
    if (isErrorCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

/** Makes the names on the way to a content durable, from the key's directory to the top. */
export async function fsyncKeyDirectories(location: ObjectLocation, disk: Disk): Promise<void> {
  await Promise.all([fsyncIfThere(location.directory, disk), fsyncAncestors(location, disk)]);
}

/** Makes the names on the way to a key's directory durable, up to the top; not those in the directory. */
export async function fsyncAncestors(location: ObjectLocation, disk: Disk): Promise<void> {
  await Promise.all(location.ancestors.map((directory) => fsyncIfThere(directory, disk)));
}

async function fsyncIfThere(directory: Buffer | undefined, disk: Disk): Promise<void> {
  if (directory === undefined) return;
  try {
    await fsyncDirectory(directory, disk);
  } catch (error) {
    // Emptied and removed by whoever dropped the last content in it.
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
}
