import assert from 'node:assert/strict';
import type { Key } from '../../../key/index.ts';
import { openFlags, type OpenFile } from '../../../repository/index.ts';
import { encodeText } from '../../../units/index.ts';
import type { PassingFile, PassingFiles } from '../files/passing-files.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { ProgramPool } from './program-pool.ts';
import { transfer } from './requests.ts';

/** What a deposit by way of a file works on. */
export interface ExternalDepositParts {
  readonly piece: Key;
  readonly files: Pick<PassingFiles, 'disk' | 'pathOf'>;
  readonly place: PassingFile;
  readonly programs: Pick<ProgramPool, 'ask'>;
}

/** A piece that is written to a file, which a program then stores. */
export class ExternalDeposit implements PieceDeposit {
  readonly #piece: Key;
  readonly #place: PassingFile;
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #programs: Pick<ProgramPool, 'ask'>;
  readonly #given = new AbortController();
  #position = 0;
  #stored: Promise<unknown> | undefined;
  #ended: Promise<void> | undefined;

  private constructor(parts: ExternalDepositParts, file: OpenFile) {
    this.#piece = parts.piece;
    this.#place = parts.place;
    this.#path = parts.files.pathOf(parts.piece, parts.place);
    this.#programs = parts.programs;
    this.#file = file;
  }

  /** Makes the file that the piece is written to. */
  static async begin(parts: ExternalDepositParts): Promise<ExternalDeposit> {
    const { piece, files, place } = parts;
    try {
      const flags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;
      const bytes = Buffer.from(encodeText(files.pathOf(piece, place)));
      return new ExternalDeposit(parts, await files.disk.open(bytes, flags, { mode: 0o600 }));
    } catch (error) {
      await place.end();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#ended === undefined, 'the deposit is over');
    await this.#place.room.take(bytes.length);
    await this.#file.writeAll(bytes, this.#position);
    this.#position += bytes.length;
  }

  async commit(): Promise<void> {
    assert(this.#ended === undefined, 'the deposit is over');
    this.#stored = this.#programs.ask({
      ...transfer('STORE', this.#piece, this.#path),
      unseenBytes: this.#position,
      signal: this.#given.signal,
    });
    await this.#stored;
    await this.#end();
  }

  async abandon(): Promise<void> {
    this.#given.abort(new Error('the upload was given up'));
    await this.#stored?.catch(() => undefined);
    await this.#end();
  }

  #end(): Promise<void> {
    this.#ended ??= this.#file.close().then(() => this.#place.end());
    return this.#ended;
  }
}
