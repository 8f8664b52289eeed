import assert from 'node:assert/strict';
import {
  EarlyFlush,
  fsyncDirectory,
  openFlags,
  parentOf,
  type OpenFile,
  type SpaceClaim,
} from '../../../repository/index.ts';
import { isErrorCode } from '../../../units/index.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import {
  clearDirectory,
  joinedPath,
  makeDirectories,
  type PiecePlace,
} from '../files/directories.ts';
import { beginUpload, type PlaceOfUpload, type UploadsPlace } from '../files/uploads.ts';

/** What a deposit into a directory remote works on. */
export interface DirectoryDepositParts extends UploadsPlace {
  readonly place: PiecePlace;
  /** The name of the piece's file. */
  readonly name: string;
  readonly claim: SpaceClaim;
  /** Throws where the remote's directory is gone. */
  readonly assertThere: () => Promise<void>;
}

/** How often a place is cleared for a piece while others fill it. */
const movesMax = 10;

/** A piece that grows in a directory of its own below `tmp/`. */
export class DirectoryDeposit implements PieceDeposit {
  readonly #parts: DirectoryDepositParts;
  readonly #upload: PlaceOfUpload;
  readonly #file: OpenFile;
  readonly #flushed: EarlyFlush;
  #position = 0;
  #isOver = false;

  private constructor(parts: DirectoryDepositParts, upload: PlaceOfUpload, file: OpenFile) {
    this.#parts = parts;
    this.#upload = upload;
    this.#file = file;
    this.#flushed = new EarlyFlush(file);
  }

  /** Makes the file that the piece is written to. */
  static async begin(parts: DirectoryDepositParts): Promise<DirectoryDeposit> {
    const { disk, name } = parts;
    const upload = await beginUpload(parts);
    try {
      const flags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;
      const file = await disk.open(joinedPath(upload.directory, name), flags, { mode: 0o600 });
      return new DirectoryDeposit(parts, upload, file);
    } catch (error) {
      await upload.end();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#file.writeAll(bytes, this.#position);
    this.#position += bytes.length;
    this.#parts.claim.fulfil(bytes.length);
    this.#flushed.wrote(bytes.length);
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#flushed.ended();
    await this.#file.setMode(0o444);
    await this.#file.sync();
    const { disk, assertThere } = this.#parts;
    const { directory } = this.#upload;
    await fsyncDirectory(directory, disk);
    // What has become an empty mount point meanwhile would take the piece, and show it no more.
    await assertThere();
    await this.#move();
    await this.#guard();
    await fsyncDirectory(parentOf(directory), disk);
    await this.#end();
  }

  /** Leaves the directory of the piece as git-annex does: nothing in it is changed any more. Durable. */
  async #guard(): Promise<void> {
    const { disk, place } = this.#parts;
    try {
      await disk.setMode(place.own, 0o555);
      await fsyncDirectory(place.inner, disk);
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) throw error;
      throw new Error('it was removed while it was uploaded', { cause: error });
    }
  }

  /** A directory takes the place of an empty one alone. */
  async #move(): Promise<void> {
    const { disk, place } = this.#parts;
    for (let moves = 1; ; moves += 1) {
      await makeDirectories([place.outer, place.inner], disk);
      try {
        return await disk.rename(this.#upload.directory, place.own);
      } catch (error) {
        // The directories above it go with another piece, and others may store the same one.
        if (moves === movesMax || !isErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
        if (!isErrorCode(error, 'ENOENT')) await clearDirectory(place.own, disk);
      }
    }
  }

  async abandon(): Promise<void> {
    if (!this.#isOver) await this.#end();
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#parts.claim.release();
    await this.#flushed.ended().catch(() => undefined);
    await this.#file.close();
    await this.#upload.end();
  }
}
