import { hashDirectoryLower, hashDirectoryMixed, keyFile, type Key } from '../../key/index.ts';
import { nativeMd5 } from '../files/native/native-md5.ts';
import { textBytes } from '../files/native/text-bytes.ts';
import { keyNotStorable } from './object-errors.ts';
import { ObjectLocation } from './object-location.ts';

/** Names that file systems take, in bytes. */
const nameBytesMax = 255;
/** Longest suffix or prefix of a lock file: `.lck`, `.rtm`, `.rtl`, `lck.`. */
const lockAffixBytes = 4;

/** Which names the files of one repository have. All paths are bytes, as keys are. */
export class ObjectLayout {
  readonly annexDirectory: Buffer;
  readonly isBare: boolean;
  readonly objectDirectory: Buffer;
  readonly temporaryDirectory: Buffer;
  readonly transferLockDirectory: Buffer;

  constructor(options: { readonly gitDirectory: string | Buffer; readonly isBare: boolean }) {
    this.annexDirectory = join(Buffer.from(options.gitDirectory), 'annex');
    this.isBare = options.isBare;
    this.objectDirectory = join(this.annexDirectory, 'objects');
    this.temporaryDirectory = join(this.annexDirectory, 'tmp');
    this.transferLockDirectory = join(this.annexDirectory, 'transfer/download/lck');
  }

  /**
   * Where a content may be found, the repository's own layout first: a repository that changed its
   * nature has contents in both (spec/git-annex-branch.md section 2.1). Empty for a key that can
   * never be here.
   */
  *locations(key: Key): Generator<ObjectLocation, void, undefined> {
    const name = nameOf(key);
    if (whyNotPresent(name) !== undefined) return;
    yield this.#location(key, name, this.isBare);
    yield this.#location(key, name, !this.isBare);
  }

  /**
   * Where a new content goes.
   * @throws KEY_NOT_STORABLE for a name with NUL, or over 251 bytes: git-annex could not lock
   * it.
   */
  newLocation(key: Key): ObjectLocation {
    const name = nameOf(key);
    const reason = whyNotStorable(name);
    if (reason !== undefined) throw keyNotStorable(key, reason);
    return this.#location(key, name, this.isBare);
  }

  /** Whether the lock files of the key have names that the file system takes. */
  isLockable(key: Key): boolean {
    return whyNotStorable(nameOf(key)) === undefined;
  }

  /**
   * `annex/tmp/KEYFILE`: what has come of an upload; undefined for a key that can never be here.
   */
  partial(key: Key): Buffer | undefined {
    const name = nameOf(key);
    return whyNotPresent(name) === undefined ? join(this.temporaryDirectory, name) : undefined;
  }

  /**
   * The file that git-annex and git-annex-shell lock exclusively while they receive a key, from
   * wherever it comes. Only for keys that are lockable.
   */
  transferLock(key: Key): Buffer {
    return join(this.transferLockDirectory, Buffer.concat([Buffer.from('lck.'), nameOf(key)]));
  }

  /** The directories that an upload needs, outermost first. */
  get uploadDirectories(): readonly Buffer[] {
    const lockParents = ['transfer', 'transfer/download'].map((name) =>
      join(this.annexDirectory, name),
    );
    return [
      this.annexDirectory,
      this.temporaryDirectory,
      ...lockParents,
      this.transferLockDirectory,
    ];
  }

  /**
   * `annex/ballast` and in it where interrupted uploads are noted. git-annex has no use for them.
   */
  get leftDirectories(): readonly [Buffer, Buffer] {
    return [join(this.annexDirectory, 'ballast'), join(this.annexDirectory, 'ballast/left')];
  }

  /** Where `git annex fsck` moves what is not the content that it should be. */
  get badDirectory(): Buffer {
    return join(this.annexDirectory, 'bad');
  }

  /** `annex/bad/KEYFILE`, and further names for further files of the key. */
  bad(key: Key, number: number): Buffer {
    const suffix = Buffer.from(number === 0 ? '' : `.${number}`);
    return join(this.badDirectory, Buffer.concat([nameOf(key), suffix]));
  }

  /** For other temporary files. git-annex empties it whenever nobody holds its lock. */
  get otherTemporaryDirectory(): Buffer {
    return join(this.annexDirectory, 'othertmp');
  }

  /** Held shared by who uses {@link otherTemporaryDirectory}, exclusive by who empties it. */
  get otherTemporaryLock(): Buffer {
    return join(this.annexDirectory, 'othertmp.lck');
  }

  #location(key: Key, name: Buffer, isLower: boolean): ObjectLocation {
    const hashDirectory = isLower
      ? hashDirectoryLower(key, nativeMd5)
      : hashDirectoryMixed(key, nativeMd5);
    return new ObjectLocation(this.objectDirectory, hashDirectory, name);
  }
}

function nameOf(key: Key): Buffer {
  return textBytes(keyFile(key));
}

function whyNotPresent(name: Buffer): string | undefined {
  if (name.includes(0)) return 'its name holds a NUL byte';
  if (name.length > nameBytesMax) return `its name is longer than ${nameBytesMax} bytes`;
  return undefined;
}

function whyNotStorable(name: Buffer): string | undefined {
  const storableMax = nameBytesMax - lockAffixBytes;
  if (name.length > storableMax) {
    return `its file name has ${name.length} bytes, and ${storableMax} is the most that can be locked`;
  }
  return whyNotPresent(name);
}

function join(directory: Buffer, name: string | Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), Buffer.from(name)]);
}
