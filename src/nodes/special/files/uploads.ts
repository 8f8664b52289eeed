import type { Disk, FileLock, System } from '../../../repository/index.ts';
import { decodeText, isErrorCode } from '../../../units/index.ts';
import { clearDirectory, joinedPath, makeDirectories } from './directories.ts';

/** The directory of a remote in which pieces grow. */
export interface UploadsPlace {
  readonly directory: string;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
}

/** Where one piece grows. */
export interface PlaceOfUpload {
  readonly directory: Buffer;
  /** The piece is where it belongs, or is given up. What is left in the directory goes. */
  end(): Promise<void>;
}

const prefix = 'ballast-';
const lockSuffix = '.lck';

/** After this nobody is at it any more where files cannot be locked, milliseconds. */
const abandonedMs = 24 * 60 * 60 * 1000;

/**
 * Makes a directory `tmp/ballast-UUID/` for a piece to grow in. A locked file beside it says that somebody is
 * at it: whoever starts later clears what has none.
 */
export async function beginUpload(at: UploadsPlace): Promise<PlaceOfUpload> {
  const { disk, system } = at;
  const tmp = tmpOf(at);
  const name = `${prefix}${system.clock.uuid()}`;
  const directory = joinedPath(tmp, name);
  await makeDirectories([tmp], disk);
  const lock = await lockFor(joinedPath(tmp, `${name}${lockSuffix}`), at);
  const end = async (): Promise<void> => {
    try {
      await clearDirectory(directory, disk);
    } finally {
      lock?.release();
      await lock?.released;
    }
  };
  try {
    await disk.makeDirectory(directory, 0o777);
    return { directory, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Some file systems over a network have no locks. */
async function lockFor(path: Buffer, at: UploadsPlace): Promise<FileLock | undefined> {
  const { disk, system } = at;
  try {
    return await system.locks.tryLock(path, 'exclusive', {
      disk,
      create: true,
      removeOnRelease: true,
    });
  } catch (error) {
    if (!isErrorCode(error, 'FILE_LOCKS_UNSUPPORTED')) throw error;
    await disk.remove(path);
    return undefined;
  }
}

/** Clears where pieces grew that nobody is at any more. */
export async function clearUploads(at: UploadsPlace): Promise<void> {
  const { disk, system } = at;
  const tmp = tmpOf(at);
  const names = await namesIn(tmp, disk);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const isLock = name.endsWith(lockSuffix);
    const upload = isLock ? name.slice(0, -lockSuffix.length) : name;
    const path = joinedPath(tmp, `${upload}${lockSuffix}`);
    const lock = await lockThere(path, at);
    if (lock === 'held') continue;
    const directory = joinedPath(tmp, upload);
    if (lock !== 'none' || (await isAbandoned(directory, at)))
      await clearDirectory(directory, disk);
    if (lock !== 'none') {
      lock.release();
      await lock.released;
    }
  }

  async function isAbandoned(directory: Buffer, { disk }: UploadsPlace): Promise<boolean> {
    const times = await Promise.all(
      [
        directory,
        ...(await namesIn(directory, disk)).map((name) => joinedPath(directory, name)),
      ].map(async (path) => (await disk.look(path))?.mtimeMs ?? 0),
    );
    return Math.max(...times) < system.clock.wallMs() - abandonedMs;
  }
}

async function lockThere(path: Buffer, at: UploadsPlace): Promise<FileLock | 'held' | 'none'> {
  const { disk, system } = at;
  try {
    const lock = await system.locks.tryLock(path, 'exclusive', { disk, removeOnRelease: true });
    return lock ?? 'held';
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'FILE_LOCKS_UNSUPPORTED')) return 'none';
    throw error;
  }
}

async function namesIn(directory: Buffer, disk: Disk): Promise<readonly string[]> {
  try {
    return (await disk.names(directory)).map((name) => decodeText(name));
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function tmpOf({ directory }: UploadsPlace): Buffer {
  return joinedPath(directory, 'tmp');
}
