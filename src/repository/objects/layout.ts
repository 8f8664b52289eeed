import { hashDirectoryLower, hashDirectoryMixed, keyFile, type Key } from '../../key/index.ts';
import { encodeText } from '../../units/index.ts';
import { KeyNotStorableError } from './object-errors.ts';

/** Where the content of a key stands, and what stands beside it (spec/git-annex-branch.md section 2). */
export interface ObjectLocation {
  /** The object directory and the two hash directories, outermost first. */
  readonly ancestors: readonly Buffer[];
  /** The directory of the key. */
  readonly directory: Buffer;
  readonly content: Buffer;
  /** `.lck`: locked by who keeps or removes the content. */
  readonly lock: Buffer;
  /** `.rtm`: until when the content stays although nobody holds the lock. */
  readonly retention: Buffer;
  /** `.rtl`: locked while the retention file is read or written. */
  readonly retentionLock: Buffer;
}

/** Names that file systems take, in bytes. */
const nameBytesMax = 255;
/** Longest suffix or prefix of a lock file: `.lck`, `.rtm`, `.rtl`, `lck.`. */
const lockAffixBytes = 4;

/** Which names the files of one repository have. All paths are bytes, as keys are. */
export class ObjectLayout {
  readonly annexDirectory: Buffer;
  readonly isBare: boolean;

  constructor(options: { readonly gitDirectory: string | Buffer; readonly isBare: boolean }) {
    this.annexDirectory = join(Buffer.from(options.gitDirectory), 'annex');
    this.isBare = options.isBare;
  }

  /**
   * Where a content may be found, the repository's own layout first: a repository that changed its
   * nature has contents in both (spec/git-annex-branch.md section 2.1). Empty for a key that can
   * never be here.
   */
  locations(key: Key): readonly ObjectLocation[] {
    const name = nameOf(key);
    if (whyNotPresent(name) !== undefined) return [];
    const mixed = this.#location(hashDirectoryMixed(key), name);
    const lower = this.#location(hashDirectoryLower(key), name);
    return this.isBare ? [lower, mixed] : [mixed, lower];
  }

  /**
   * Where a new content goes.
   * @throws KeyNotStorableError for a name with NUL, or over 251 bytes: git-annex could not lock it.
   */
  newLocation(key: Key): ObjectLocation {
    const [native] = this.locations(key);
    const reason = whyNotStorable(nameOf(key));
    if (native === undefined || reason !== undefined) {
      throw new KeyNotStorableError(key, reason ?? 'its name is not a file name');
    }
    return native;
  }

  /** Whether the lock files of the key have names that the file system takes. */
  isLockable(key: Key): boolean {
    return whyNotStorable(nameOf(key)) === undefined;
  }

  /** `annex/tmp/KEYFILE`: what has come of an upload; undefined for a key that can never be here. */
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

  get objectDirectory(): Buffer {
    return join(this.annexDirectory, 'objects');
  }

  get temporaryDirectory(): Buffer {
    return join(this.annexDirectory, 'tmp');
  }

  get transferLockDirectory(): Buffer {
    return join(this.annexDirectory, 'transfer/download/lck');
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

  /** `annex/ballast` and in it where interrupted uploads are noted. git-annex has no use for them. */
  get leftDirectories(): readonly [Buffer, Buffer] {
    return [join(this.annexDirectory, 'ballast'), join(this.annexDirectory, 'ballast/left')];
  }

  /** For other temporary files. git-annex empties it whenever nobody holds its lock. */
  get otherTemporaryDirectory(): Buffer {
    return join(this.annexDirectory, 'othertmp');
  }

  /** Held shared by who uses {@link otherTemporaryDirectory}, exclusive by who empties it. */
  get otherTemporaryLock(): Buffer {
    return join(this.annexDirectory, 'othertmp.lck');
  }

  #location(hashDirectory: string, name: Buffer): ObjectLocation {
    const objects = this.objectDirectory;
    const [outer = '', inner = ''] = hashDirectory.split('/');
    const ancestors = [objects, join(objects, outer), join(objects, `${outer}/${inner}`)];
    const directory = join(objects, Buffer.concat([Buffer.from(hashDirectory), name]));
    const content = join(directory, name);
    const beside = (suffix: string): Buffer => Buffer.concat([content, Buffer.from(suffix)]);
    return {
      ancestors,
      directory,
      content,
      lock: beside('.lck'),
      retention: beside('.rtm'),
      retentionLock: beside('.rtl'),
    };
  }
}

function nameOf(key: Key): Buffer {
  return Buffer.from(encodeText(keyFile(key)));
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
