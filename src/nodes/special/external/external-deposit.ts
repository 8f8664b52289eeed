import type { Key } from '../../../key/index.ts';
import type { HeldPiece } from '../files/held-piece.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { ProgramPool } from './program-pool.ts';
import { transfer } from './requests.ts';

/** As git-annex's own files of contents, which are what it gives to programs. */
const fileMode = 0o444;

/** What a deposit by way of a file works on. */
export interface ExternalDepositParts {
  readonly piece: Key;
  readonly held: HeldPiece;
  readonly programs: Pick<ProgramPool, 'ask'>;
}

/** A piece that is written to a file, which a program then stores. */
export class ExternalDeposit implements PieceDeposit {
  readonly #parts: ExternalDepositParts;
  readonly #given = new AbortController();
  #stored: Promise<unknown> | undefined;

  constructor(parts: ExternalDepositParts) {
    this.#parts = parts;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#parts.held.write(bytes);
  }

  async commit(): Promise<void> {
    const { piece, held, programs } = this.#parts;
    await held.whole(fileMode);
    this.#stored = programs.ask({
      ...transfer('STORE', piece, held.path),
      unseenBytes: held.positionBytes,
      signal: this.#given.signal,
    });
    await this.#stored;
    await held.end();
  }

  async abandon(): Promise<void> {
    this.#given.abort(new Error('the upload was given up'));
    await this.#stored?.catch(() => undefined);
    await this.#parts.held.end();
  }
}
