import { BallastError } from '../../units/index.ts';

/** Something of another version of the branch that does not come into ours. */
export interface LeftOut {
  readonly path: string;
  /** The line, or `undefined` when it is the whole file. */
  readonly line: string | undefined;
  /** Why, as words for people. */
  readonly reason: string;
}

/** Most that is named of what is left out; more is counted. */
const leftOutNamedMax = 20;

/** Longest part of a path or of a line that is kept to be named. */
const namedLengthMax = 300;

/** Another version of the branch is more than is merged at once; the message says what to do. */
function mergeTooLarge(message: string): BallastError {
  return new BallastError('MERGE_TOO_LARGE', message);
}

/** What is found out while a version of the branch is merged. */
export class MergeTally {
  readonly #named: LeftOut[] = [];
  #count = 0;
  #files = 0;
  #bytes = 0;
  /** Whether the other version lacks something of ours. */
  isLacking = false;

  /** The first that are left out. */
  get named(): readonly LeftOut[] {
    return this.#named;
  }

  /** All that are left out. */
  get count(): number {
    return this.#count;
  }

  leaveOut({ path, line, reason }: LeftOut): void {
    this.#count += 1;
    if (this.#named.length >= leftOutNamedMax) return;
    const cut = (text: string): string => text.slice(0, namedLengthMax);
    this.#named.push({ path: cut(path), line: line === undefined ? undefined : cut(line), reason });
  }

  /** @throws MERGE_TOO_LARGE */
  countFile(filesMax: number): void {
    this.#files += 1;
    if (this.#files <= filesMax) return;
    throw mergeTooLarge(`more than ${filesMax} files differ from the git-annex branch`);
  }

  /** @throws MERGE_TOO_LARGE */
  countBytes(bytes: number, bytesMax: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= bytesMax) return;
    throw mergeTooLarge(`the logs that differ have more than ${bytesMax} bytes`);
  }
}
