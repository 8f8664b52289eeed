import type { Clock } from '../../clock/index.ts';
import {
  makePureHasher,
  makeVerifier,
  namesItsContent,
  type Key,
  type MakeHasher,
} from '../../key/index.ts';
import type { Disk, Soon } from '../files/disk.ts';
import type { FileStatus } from '../files/system-calls.ts';
import { Turns } from '../../waiting/index.ts';
import { openObject } from './object-reader.ts';
import type { SizeCheck } from './wrong-sizes.ts';
import { isErrorCode } from '../../units/index.ts';

/** What of a repository's settings bears on who may have edited an object. */
export interface EditSettings {
  /** `annex.thin`: an unlocked file is a hard link to its object, so that editing it edits the object. */
  readonly isThin: boolean;
  /** `annex.crippledfilesystem`: modes say nothing. Such a file system has no hard links either. */
  readonly isCrippled: boolean;
}

/** What belief rests on. */
export interface BeliefParts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly sizes: SizeCheck;
  /** The settings as they are at the moment of asking. */
  settings(): EditSettings;
  /** Default: hashers that run anywhere. */
  readonly loadHasher?: (() => Promise<MakeHasher>) | undefined;
}

/** Verdicts remembered: some megabytes, and more objects than are unlocked at a time in use. */
const verdictsMax = 20_000;

/**
 * Files are stamped by a clock that ticks every few milliseconds (or two seconds, FAT), so that an
 * edit soon after another may leave the same time. A verdict on such a file is not remembered.
 */
const settledMs = 2_000;

const anyWrite = 0o222;

/**
 * Whether the file in an object's place is the content of the key. It has the size that the key names,
 * or it is none. A complete content is write
 * protected, and then nobody has edited it. With `annex.thin` it may be the very file that somebody
 * works on; git-annex compares such a one with what it noted of it in its database of keys, and
 * takes an edited one for absent. Here its content is verified, once for each state of the file.
 */
export class ContentBelief {
  readonly #parts: BeliefParts;
  readonly #verdicts = new Map<string, boolean>();
  /** One content is hashed at a time: whoever asks for many must not take the whole machine. */
  readonly #hashing: Turns;

  constructor(parts: BeliefParts) {
    this.#parts = parts;
    this.#hashing = new Turns(parts.clock);
  }

  /** Answers at once where the disk does and nothing is to be verified. */
  holds(key: Key, path: Buffer): Soon<boolean> {
    const looked = this.#parts.disk.look(path);
    if (looked instanceof Promise) return looked.then((status) => this.#judge(key, path, status));
    return this.#judge(key, path, looked);
  }

  #judge(key: Key, path: Buffer, status: FileStatus | undefined): Soon<boolean> {
    if (status?.isFile() !== true) {
      this.#parts.sizes.forget(path);
      return false;
    }
    if (!this.#parts.sizes.matches(key, path, status)) return false;
    const isProtected = (status.mode & anyWrite) === 0;
    if (isProtected && status.nlink === 1) return true;
    const { isThin, isCrippled } = this.#parts.settings();
    if (!isThin && (isProtected || isCrippled)) return true;
    // Without a hash only the size could be compared, which an edit may well leave as it was.
    if (!namesItsContent(key)) return isProtected || (!isThin && status.nlink === 1);
    return this.#verdicts.get(stateOf(key, status)) ?? this.#verified(key, path);
  }

  async #verified(key: Key, path: Buffer): Promise<boolean> {
    return await this.#hashing.run('', async () => {
      const before = await this.#parts.disk.look(path);
      if (before?.isFile() !== true) return false;
      const known = this.#verdicts.get(stateOf(key, before));
      if (known !== undefined) return known;
      const askedMs = this.#parts.clock.wallMs();
      const isRight = await this.#matches(key, path);
      const after = await this.#parts.disk.look(path);
      if (after === undefined || stateOf(key, after) !== stateOf(key, before)) return false;
      if (askedMs - before.mtimeMs > settledMs) this.#remember(stateOf(key, before), isRight);
      return isRight;
    });
  }

  async #matches(key: Key, path: Buffer): Promise<boolean> {
    const makeHasher = (await this.#parts.loadHasher?.()) ?? makePureHasher;
    try {
      const verifier = makeVerifier(key, makeHasher);
      const object = await openObject(key, { path, disk: this.#parts.disk }, { fromByte: 0 });
      if (object === undefined) return false;
      for await (const chunk of object.chunks) verifier.update(chunk);
      return verifier.matches();
    } catch (error) {
      // What cannot be verified here is not believed.
      if (isErrorCode(error, 'UNVERIFIABLE_KEY')) return false;
      throw error;
    }
  }

  #remember(state: string, isRight: boolean): void {
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size >= verdictsMax && oldest !== undefined) this.#verdicts.delete(oldest);
    this.#verdicts.set(state, isRight);
  }
}

/** What changes when a file is edited or replaced. The key's hash stands for the key. */
function stateOf(key: Key, { dev, ino, size, mtimeMs }: FileStatus): string {
  return `${dev} ${ino} ${size} ${mtimeMs} ${key.backend} ${key.sizeBytes} ${key.name}`;
}
