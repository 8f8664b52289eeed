import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Disk } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { isErrorCode } from './error-code.ts';

/** Directories that are being synced, by name. */
const syncing = new Map<string, DirectorySync>();

interface DirectorySync {
  readonly running: Promise<void>;
  /** For all who asked since it began: it may have begun before their change. */
  next: Promise<void> | undefined;
}

/**
 * Makes the names in a directory durable: files created, renamed or removed there stay so after a
 * power cut. File systems that cannot sync a directory are taken as not needing it. Calls that come
 * while a sync of the directory is under way share the one after it.
 *
 * @param disk opens and closes in line where it answers at once.
 */
export function fsyncDirectory(path: string | Buffer, disk?: Disk): Promise<void> {
  const name = Buffer.from(path).toString('latin1');
  const current = syncing.get(name);
  if (current === undefined) return begin(name, path, disk);
  current.next ??= current.running.catch(() => undefined).then(() => begin(name, path, disk));
  return current.next;
}

function begin(name: string, path: string | Buffer, disk: Disk | undefined): Promise<void> {
  const sync: DirectorySync = {
    running: syncNow(path, disk).finally(() => {
      if (sync.next === undefined) syncing.delete(name);
    }),
    next: undefined,
  };
  syncing.set(name, sync);
  return sync.running;
}

async function syncNow(path: string | Buffer, disk: Disk | undefined): Promise<void> {
  const directory =
    disk === undefined
      ? await open(path, 'r')
      : await DiskFile.open(disk, Buffer.from(path), constants.O_RDONLY);
  try {
    await directory.sync();
  } catch (error) {
    if (!isErrorCode(error, 'EINVAL', 'ENOTSUP', 'EISDIR')) throw error;
  } finally {
    await directory.close();
  }
}

/** A file's new name, durable when the promise resolves. Both directories must be on one file system. */
export async function renameDurably(paths: {
  readonly from: string | Buffer;
  readonly to: string | Buffer;
}): Promise<void> {
  await rename(paths.from, paths.to);
  const source = parentOf(paths.from);
  const target = parentOf(paths.to);
  await fsyncDirectory(target);
  if (!source.equals(target)) await fsyncDirectory(source);
}

/** Where and how {@link writeFileDurably} writes. */
export interface DurableWrite {
  readonly path: string | Buffer;
  /** Whole, or in pieces. */
  readonly content: string | Uint8Array | Iterable<Uint8Array>;
  /** Where the content grows before it gets its name; same file system. */
  readonly temporaryDirectory: string | Buffer;
  /** Mode of the file, whatever the umask. Default: 0644. */
  readonly mode?: number;
}

/**
 * Replaces a file by new content: readers, and the machine after a power cut, see the old content
 * or the new and nothing between. Durable when the promise resolves.
 */
export async function writeFileDurably(write: DurableWrite): Promise<void> {
  const temporary = Buffer.concat([
    Buffer.from(write.temporaryDirectory),
    Buffer.from(`/ballast-${randomUUID()}`),
  ]);
  try {
    const file = await open(temporary, 'wx', write.mode ?? 0o644);
    try {
      await file.chmod(write.mode ?? 0o644);
      await file.writeFile(write.content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably({ from: temporary, to: write.path });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The directory that a path stands in, for paths of any bytes. */
export function parentOf(path: string | Buffer): Buffer {
  const bytes = Buffer.from(path);
  const slash = bytes.lastIndexOf('/');
  return slash < 0 ? Buffer.from('.') : bytes.subarray(0, Math.max(slash, 1));
}
