import { BallastError } from '../../units/index.ts';

/** Largest object that is held in memory; the logs of a branch are kilobytes. */
export const objectBytesMax: number = 64 * 1024 * 1024;

/** Longest first line of an answer: it repeats the name that was asked for when that is missing. */
const headerBytesMax = 64 * 1024;

/** A git object as `git cat-file --batch` gives it. */
export interface GitObject {
  readonly sha: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The object is larger than {@link objectBytesMax} or the limit that was set instead. */
export class ObjectTooLargeError extends BallastError {
  override readonly name = 'ObjectTooLargeError';
  override readonly data: { readonly sizeBytes: number };

  constructor(
    sha: string,
    { sizeBytes, bytesMax }: { readonly sizeBytes: number; readonly bytesMax: number },
  ) {
    super(
      'OBJECT_TOO_LARGE',
      `git object ${sha} has ${sizeBytes} bytes; at most ${bytesMax} are read. Remove it from the branch.`,
    );
    this.data = { sizeBytes };
  }
}

/** One answer: the object, that there is none, or why it is not given. */
export type CatFileAnswer =
  | { readonly kind: 'object'; readonly object: GitObject }
  | { readonly kind: 'missing' }
  | { readonly kind: 'tooLarge'; readonly error: ObjectTooLargeError };

/**
 * Takes the output of `git cat-file --batch` apart. Push pieces in; each answer that they complete
 * comes out, in the order of the questions.
 */
export class CatFileAnswers {
  readonly #bytesMax: number;
  #header: Buffer = Buffer.alloc(0);
  #body: { sha: string; type: string; bytes: Buffer | undefined; length: number } | undefined;
  #filled = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The answers that end in this piece. Small objects share its memory. */
  *push(piece: Buffer): Generator<CatFileAnswer, void, undefined> {
    let rest = piece;
    while (rest.length > 0) {
      if (this.#body === undefined) {
        const end = rest.indexOf(0x0a);
        this.#collect(end < 0 ? rest : rest.subarray(0, end));
        if (end < 0) return;
        rest = rest.subarray(end + 1);
        if (!this.#begin(rest)) yield { kind: 'missing' };
      } else {
        const { bytes, length, sha, type } = this.#body;
        const taken = rest.subarray(0, length + 1 - this.#filled);
        // The line end after the content is not part of it.
        bytes?.set(taken.subarray(0, length - this.#filled), this.#filled);
        this.#filled += taken.length;
        rest = rest.subarray(taken.length);
        if (this.#filled <= length) return;
        this.#body = undefined;
        if (bytes !== undefined) yield { kind: 'object', object: { sha, type, bytes } };
        else yield { kind: 'tooLarge', error: this.#tooLarge(sha, length) };
      }
    }
  }

  #tooLarge(sha: string, sizeBytes: number): ObjectTooLargeError {
    return new ObjectTooLargeError(sha, { sizeBytes, bytesMax: this.#bytesMax });
  }

  #collect(part: Buffer): void {
    this.#header = this.#header.length === 0 ? part : Buffer.concat([this.#header, part]);
    if (this.#header.length > headerBytesMax) throw new RangeError('git cat-file: no line end');
  }

  /** Reads the collected first line; whether a content follows it. */
  #begin(rest: Buffer): boolean {
    const line = this.#header.toString('latin1');
    this.#header = Buffer.alloc(0);
    const match = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(line);
    if (match === null) return false;
    const [, sha = '', type = '', size = ''] = match;
    const length = Number(size);
    this.#body = { sha, type, bytes: this.#room(length, rest), length };
    this.#filled = 0;
    return true;
  }

  /**
   * Where the content goes: where it stands already when it is all there, else memory of its own.
   */
  #room(length: number, rest: Buffer): Buffer | undefined {
    if (length > this.#bytesMax) return undefined;
    return length <= rest.length ? rest.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  }
}
