import { parseKey, serializeKey, type Key } from '../../../key/index.ts';
import { BallastError } from '../../../units/index.ts';
import type { PassingFiles } from '../files/passing-files.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import { pieceSizeBytes } from '../pieces/piece-size.ts';
import { ExternalDeposit } from './external-deposit.ts';
import type { ProgramPool } from './program-pool.ts';
import { checkPresent, removePiece } from './requests.ts';
import { Retrieval } from './retrieval.ts';

/** What has programs work on requests. */
export type Programs = Pick<ProgramPool, 'ask' | 'order' | 'close'>;

/** What an {@link ExternalStore} works with. */
export interface ExternalStoreParts {
  readonly programs: Programs;
  readonly files: PassingFiles;
  /** Whether pieces are encrypted, so that their keys say nothing of their sizes. */
  readonly isSealed: boolean;
}

/** A key that a program can be asked about at any time: of the empty content. */
export const emptyKey: Key | undefined = parseKey(
  'SHA256-s0--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
);

/**
 * `type=external`: a program keeps pieces in a place that it alone knows (spec/special-remotes.md section 7). A piece is
 * handed over by a file, and shows when the program says so.
 */
export class ExternalStore implements PieceStore {
  readonly #programs: Programs;
  readonly #files: PassingFiles;
  readonly #isSealed: boolean;

  constructor({ programs, files, isSealed }: ExternalStoreParts) {
    this.#programs = programs;
    this.#files = files;
    this.#isSealed = isSealed;
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    return (await this.#isThere(piece)) ? { sizeBytes: undefined } : undefined;
  }

  /** What no line can name, no program was ever given. */
  async #isThere(piece: Key): Promise<boolean> {
    return isSayable(piece) && (await this.#programs.ask(checkPresent(piece))) === 'there';
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    if (!(await this.#isThere(piece))) return undefined;
    const isOrdered = (await this.#programs.order()) === 'ordered';
    const claimedBytes = this.#isSealed ? undefined : pieceSizeBytes(piece);
    const place = await this.#files.begin(piece, claimedBytes);
    const parts = { files: this.#files, programs: this.#programs };
    const retrieval = new Retrieval({ ...parts, piece, place, isOrdered, claimedBytes });
    // Nobody else can tell the size of what has none in its key.
    if (this.#isSealed || claimedBytes !== undefined) {
      return { sizeBytes: undefined, stream: retrieval.stream(fromByte) };
    }
    try {
      return { sizeBytes: await retrieval.sizeBytes(), stream: retrieval.stream(fromByte) };
    } catch (error) {
      await retrieval.end();
      throw error;
    }
  }

  async put(piece: Key, options: PiecePutOptions): Promise<PieceDeposit> {
    if (!isSayable(piece)) {
      const why = 'programs of special remotes take no key that has blanks in it';
      throw new BallastError('KEY_NOT_STORABLE', why);
    }
    const held = await this.#files.grow(piece, options);
    return new ExternalDeposit({ piece, held, programs: this.#programs });
  }

  async remove(piece: Key): Promise<void> {
    if (isSayable(piece)) await this.#programs.ask(removePiece(piece));
  }

  async probe(): Promise<void> {
    if (emptyKey !== undefined) await this.#isThere(emptyKey);
  }

  async clear(): Promise<void> {
    await this.#files.clear();
  }

  async close(): Promise<void> {
    await this.#programs.close();
  }
}

/** Whether a key can be named in a line of a program. */
function isSayable(piece: Key): boolean {
  return !/[\s\0]/.test(serializeKey(piece));
}
