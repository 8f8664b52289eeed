import koffi from 'koffi';
import { BallastError } from '../../../units/index.ts';

/** What a lock call asks for: a read lock, a write lock, or none any more. */
export type LockKind = 'shared' | 'exclusive' | 'none';

/** What kind of a lock may be in the way of another. */
export type ConflictingKind = Exclude<LockKind, 'none'>;

/** How this platform spells open-file-description locks, and lays out `struct flock`. */
interface Platform {
  readonly F_OFD_SETLK: number;
  readonly F_OFD_GETLK: number;
  readonly types: Readonly<Record<LockKind, number>>;
  readonly structBytes: number;
  readonly typeOffset: number;
  readonly errno: Readonly<Record<'EINTR' | 'EAGAIN' | 'EACCES', number>>;
  readonly library: string | null;
}

const linux: Platform = {
  F_OFD_SETLK: 37,
  F_OFD_GETLK: 36,
  types: { shared: 0, exclusive: 1, none: 2 },
  // short type, short whence, padding, int64 start, int64 length, int pid, padding.
  structBytes: 32,
  typeOffset: 0,
  errno: { EINTR: 4, EAGAIN: 11, EACCES: 13 },
  library: null,
};

const darwin: Platform = {
  F_OFD_SETLK: 90,
  F_OFD_GETLK: 92,
  types: { shared: 1, exclusive: 3, none: 2 },
  // int64 start, int64 length, int pid, short type, short whence.
  structBytes: 24,
  typeOffset: 20,
  errno: { EINTR: 4, EAGAIN: 35, EACCES: 13 },
  library: null,
};

const platforms: Readonly<Record<string, Platform>> = {
  'linux x64': linux,
  'linux arm64': linux,
  'darwin x64': darwin,
  'darwin arm64': darwin,
};

/** The platform or the file system has no locks that git-annex would see. */
function fileLocksUnsupported(message: string): BallastError {
  return new BallastError('FILE_LOCKS_UNSUPPORTED', message);
}

/**
 * Sets, changes or takes away the lock of an open file description over the whole file, at once or
 * not at all. Such locks exclude the POSIX record locks of git-annex (spec/git-annex-branch.md
 * section 2.2) and, unlike these, are not lost when this process closes the same file elsewhere.
 * @param fd open for reading (shared) or for writing (exclusive).
 * @returns whether the lock is set; false when another holder is in the way.
 */
export function setLock(fd: number, kind: LockKind): boolean {
  return callFcntl(fd, thisPlatform().F_OFD_SETLK, kind) !== undefined;
}

/** {@link setLock} in another thread: a file system over a network asks its server, which may hang. */
export async function setLockAside(fd: number, kind: LockKind): Promise<boolean> {
  return (await callFcntlAside(fd, thisPlatform().F_OFD_SETLK, kind)) !== undefined;
}

/** The kind of a lock that an exclusive one would meet; undefined when there is none. */
export function conflictingLock(fd: number): ConflictingKind | undefined {
  return kindIn(callFcntl(fd, thisPlatform().F_OFD_GETLK, 'exclusive'));
}

/** {@link conflictingLock} in another thread. */
export async function conflictingLockAside(fd: number): Promise<ConflictingKind | undefined> {
  return kindIn(await callFcntlAside(fd, thisPlatform().F_OFD_GETLK, 'exclusive'));
}

function kindIn(flock: Buffer | undefined): ConflictingKind | undefined {
  const { typeOffset, types } = thisPlatform();
  const found = flock?.[typeOffset];
  if (found === types.shared) return 'shared';
  return found === types.none ? undefined : 'exclusive';
}

/** The `struct flock` after the call, or undefined when another lock was in the way. */
function callFcntl(fd: number, command: number, kind: LockKind): Buffer | undefined {
  const flock = flockOf(kind);
  for (;;) {
    const came = comeOf(fcntl().inLine(fd, command, flock));
    if (came !== 'interrupted') return came === 'done' ? flock : undefined;
  }
}

async function callFcntlAside(
  fd: number,
  command: number,
  kind: LockKind,
): Promise<Buffer | undefined> {
  const flock = flockOf(kind);
  for (;;) {
    const came = await new Promise<CameOf>((resolve, reject) => {
      fcntl().aside(fd, command, flock, (error, result) => {
        if (error !== null) return reject(error);
        try {
          // The number of the error is that of the call for as long as this lasts.
          resolve(comeOf(result));
        } catch (refusal) {
          reject(refusal);
        }
      });
    });
    if (came !== 'interrupted') return came === 'done' ? flock : undefined;
  }
}

function flockOf(kind: LockKind): Buffer {
  const { structBytes, typeOffset, types } = thisPlatform();
  const flock = Buffer.alloc(structBytes);
  flock[typeOffset] = types[kind]; // both platforms are little-endian
  return flock;
}

type CameOf = 'done' | 'in the way' | 'interrupted';

/** @throws FILE_LOCKS_UNSUPPORTED. */
function comeOf(result: unknown): CameOf {
  if (result !== -1) return 'done';
  const errno = koffi.errno();
  const { EAGAIN, EACCES, EINTR } = thisPlatform().errno;
  if (errno === EAGAIN || errno === EACCES) return 'in the way';
  if (errno === EINTR) return 'interrupted';
  throw fileLocksUnsupported(
    `fcntl refused a lock (errno ${errno}); ` +
      'keep the repository on a file system that supports POSIX record locks',
  );
}

type Called = (error: Error | null, result: unknown) => void;

interface Fcntl {
  inLine(fd: number, command: number, flock: Buffer): unknown;
  aside(fd: number, command: number, flock: Buffer, called: Called): void;
}

let loaded: Fcntl | undefined;

function fcntl(): Fcntl {
  loaded ??= loadFcntl();
  return loaded;
}

function loadFcntl(): Fcntl {
  const library = koffi.load(thisPlatform().library);
  if (process.platform !== 'darwin') {
    const fixed = library.func('int fcntl(int, int, void *)');
    return {
      inLine: (fd, command, flock): unknown => fixed(fd, command, flock),
      aside: (fd, command, flock, called): void => {
        fixed.async(fd, command, flock, called);
      },
    };
  }
  // Apple's arm64 passes variadic arguments on the stack, so there the dots matter. Such calls are
  // made in line alone.
  const variadic = library.func('int fcntl(int, int, ...)');
  const inLine = (fd: number, command: number, flock: Buffer): unknown =>
    variadic(fd, command, 'void *', flock);
  return {
    inLine,
    aside: (fd, command, flock, called) => called(null, inLine(fd, command, flock)),
  };
}

function thisPlatform(): Platform {
  const name = `${process.platform} ${process.arch}`;
  const platform = platforms[name];
  if (platform !== undefined) return platform;
  throw fileLocksUnsupported(
    `no open-file-description locks are known for ${name}; ` +
      `run ballast on one of: ${Object.keys(platforms).join(', ')}`,
  );
}
