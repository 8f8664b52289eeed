import type { FileStatus } from '../files/disk.ts';
import { contentSizeBytes, type Key } from '../../key/index.ts';

/** Files in the places of contents that have not the size which their keys name. */
export interface WrongSizes {
  /** As many as are known; those that nobody asked for are not. */
  readonly count: number;
  /** A few of them. */
  readonly keys: readonly Key[];
}

/** Files remembered; more are a disk to be looked at, and told as so many. */
const rememberedMax = 10_000;

/** Keys named. */
const namedMax = 3;

/**
 * Compares files with the sizes that keys name. A file that became shorter, or longer, is no content:
 * a disk was repaired, or a copy restored in part. What is found is remembered until it is looked at
 * again and right, or gone.
 */
export class SizeCheck {
  readonly #found = new Map<string, Key>();
  readonly #onChange: (found: WrongSizes) => void;

  constructor(onChange: (found: WrongSizes) => void) {
    this.#onChange = onChange;
  }

  /**
   * Whether the file has the size that the key names, if it names one.
   *
   * @param path where it is, or what else tells it from others.
   */
  matches(key: Key, path: Buffer, { size, nlink }: Pick<FileStatus, 'size' | 'nlink'>): boolean {
    if (hasSizeOf(key, size)) {
      this.forget(path);
      return true;
    }
    // A file that is somebody's work too (`annex.thin`) has been edited, and nothing is wrong.
    if (nlink === 1) this.note(key, path);
    return false;
  }

  /** Whether what was there was of a wrong size when it was looked at last. */
  isWrong(path: Buffer): boolean {
    return this.#found.size > 0 && this.#found.has(path.toString('latin1'));
  }

  /** Nothing of a wrong size is there any more. */
  forget(path: Buffer): void {
    if (this.#found.size > 0 && this.#found.delete(path.toString('latin1'))) this.#tell();
  }

  /** What is there, or what else tells it from others, has another size than its key names. */
  note(key: Key, path: Buffer): void {
    const name = path.toString('latin1');
    if (this.#found.has(name) || this.#found.size >= rememberedMax) return;
    this.#found.set(name, key);
    this.#tell();
  }

  #tell(): void {
    const keys = [...this.#found.values()].slice(0, namedMax);
    this.#onChange({ count: this.#found.size, keys });
  }
}

/** Whether a content may have so many bytes. */
export function hasSizeOf(key: Key, bytes: number): boolean {
  const named = contentSizeBytes(key);
  return named === undefined || named === bytes;
}
