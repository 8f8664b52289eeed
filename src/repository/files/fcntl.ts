import koffi from 'koffi';

/** What a lock call asks for: a read lock, a write lock, or none any more. */
export type LockKind = 'shared' | 'exclusive' | 'none';

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
export class FileLocksUnsupportedError extends Error {
  override readonly name = 'FileLocksUnsupportedError';
  readonly code = 'FILE_LOCKS_UNSUPPORTED';
  readonly retryable = false;
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

/** The kind of a lock that an exclusive one would meet; undefined when there is none. */
export function conflictingLock(fd: number): Exclude<LockKind, 'none'> | undefined {
  const platform = thisPlatform();
  const found = callFcntl(fd, platform.F_OFD_GETLK, 'exclusive')?.[platform.typeOffset];
  if (found === platform.types.shared) return 'shared';
  return found === platform.types.none ? undefined : 'exclusive';
}

/** The `struct flock` after the call, or undefined when another lock was in the way. */
function callFcntl(fd: number, command: number, kind: LockKind): Buffer | undefined {
  const platform = thisPlatform();
  const flock = Buffer.alloc(platform.structBytes);
  flock[platform.typeOffset] = platform.types[kind]; // both platforms are little-endian
  for (;;) {
    if (fcntl()(fd, command, flock) !== -1) return flock;
    const errno = koffi.errno();
    if (errno === platform.errno.EAGAIN || errno === platform.errno.EACCES) return undefined;
    if (errno !== platform.errno.EINTR) {
      throw new FileLocksUnsupportedError(
        `fcntl refused a lock (errno ${errno}); ` +
          'keep the repository on a file system that supports POSIX record locks',
      );
    }
  }
}

type Fcntl = (fd: number, command: number, flock: Buffer) => unknown;

let loaded: Fcntl | undefined;

function fcntl(): Fcntl {
  loaded ??= loadFcntl();
  return loaded;
}

function loadFcntl(): Fcntl {
  const library = koffi.load(thisPlatform().library);
  if (process.platform !== 'darwin') return library.func('int fcntl(int, int, void *)');
  // Apple's arm64 passes variadic arguments on the stack, so there the dots matter.
  const variadic = library.func('int fcntl(int, int, ...)');
  return (fd, command, flock): unknown => variadic(fd, command, 'void *', flock);
}

function thisPlatform(): Platform {
  const name = `${process.platform} ${process.arch}`;
  const platform = platforms[name];
  if (platform !== undefined) return platform;
  throw new FileLocksUnsupportedError(
    `no open-file-description locks are known for ${name}; ` +
      `run ballast on one of: ${Object.keys(platforms).join(', ')}`,
  );
}
