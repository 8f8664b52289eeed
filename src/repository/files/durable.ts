import type { Clock } from '../../clock/index.ts';
import type { Disk } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { openFlags } from './system-calls.ts';
import { isErrorCode } from '../../units/index.ts';

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
 */
export function fsyncDirectory(path: string | Buffer, disk: Disk): Promise<void> {
  const name = Buffer.from(path).toString('latin1');
  const current = syncing.get(name);
  if (current === undefined) return begin(name, path, disk);
  current.next ??= current.running.catch(() => undefined).then(() => begin(name, path, disk));
  return current.next;
}

function begin(name: string, path: string | Buffer, disk: Disk): Promise<void> {
  const sync: DirectorySync = {
    running: syncNow(path, disk).finally(() => {
      if (sync.next === undefined) syncing.delete(name);
    }),
    next: undefined,
  };
  syncing.set(name, sync);
  return sync.running;
}

async function syncNow(path: string | Buffer, disk: Disk): Promise<void> {
  const directory = await DiskFile.open(disk, path, openFlags.O_RDONLY);
  try {
    await directory.sync();
  } catch (error) {
    if (!isErrorCode(error, 'EINVAL', 'ENOTSUP', 'EISDIR')) throw error;
  } finally {
    await directory.close();
  }
}

/** A file's new name, durable when the promise resolves. Both directories must be on one file system. */
export async function renameDurably(
  paths: { readonly from: string | Buffer; readonly to: string | Buffer },
  disk: Disk,
): Promise<void> {
  await disk.rename(paths.from, paths.to);
  const source = parentOf(paths.from);
  const target = parentOf(paths.to);
  await fsyncDirectory(target, disk);
  if (!source.equals(target)) await fsyncDirectory(source, disk);
}

/** Where and how {@link writeFileDurably} writes. */
export interface DurableWrite {
  readonly path: string | Buffer;
  /** Whole, or in pieces. */
  readonly content: string | Uint8Array | Iterable<Uint8Array>;
  /** Where the content grows before it gets its name; same file system. */
  readonly temporaryDirectory: string | Buffer;
  /** Gives a name that no other file there has. */
  readonly clock: Clock;
  /** Mode of the file, whatever the umask. Default: 0644. */
  readonly mode?: number;
}

/**
 * Replaces a file by new content: readers, and the machine after a power cut, see the old content
 * or the new and nothing between. Durable when the promise resolves.
 */
export async function writeFileDurably(write: DurableWrite, disk: Disk): Promise<void> {
  const temporary = Buffer.concat([
    Buffer.from(write.temporaryDirectory),
    Buffer.from(`/ballast-${write.clock.uuid()}`),
  ]);
  try {
    const { mode = 0o644 } = write;
    const file = await DiskFile.open(disk, temporary, newFile, { mode });
    try {
      await file.setMode(mode);
      let position = 0;
      for (const piece of piecesOf(write.content)) {
        await file.writeAll(piece, position);
        position += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably({ from: temporary, to: write.path }, disk);
  } catch (error) {
    await disk.remove(temporary);
    throw error;
  }
}

const newFile = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;

function piecesOf(content: DurableWrite['content']): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** The directory that a path stands in, for paths of any bytes. */
export function parentOf(path: string | Buffer): Buffer {
  const bytes = Buffer.from(path);
  const slash = bytes.lastIndexOf('/');
  return slash < 0 ? Buffer.from('.') : bytes.subarray(0, Math.max(slash, 1));
}
