import assert from 'node:assert/strict';
import { hashDirectoryLower, keyFile, type Key } from '../../../key/index.ts';
import { nativeMd5, openFlags, type Disk, type OpenFile } from '../../../repository/index.ts';
import { decodeText } from '../../../units/index.ts';
import { joinedPath } from './directories.ts';
import type { PassingFile } from './passing-file.ts';

/**
 * A piece that grows in a file, for programs to store it from: at `LOWER/KEYFILE/KEYFILE` below a directory of its
 * own, as it is on an rsync remote. Several who are given the same bytes may hold it: each byte is written once, and
 * the file goes with the last of them.
 */
export class GrowingPiece {
  /** The directory that nothing else is in. */
  readonly directory: string;
  /** The file. */
  readonly path: string;
  readonly #place: PassingFile;
  readonly #file: OpenFile;
  #sizeBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(place: PassingFile, path: string, file: OpenFile) {
    this.directory = place.path;
    this.path = path;
    this.#place = place;
    this.#file = file;
  }

  /** Makes the file, empty, in an empty directory, which goes with it. */
  static async begin(piece: Key, place: PassingFile, disk: Disk): Promise<GrowingPiece> {
    try {
      const name = keyFile(piece);
      const [outer = '', inner = ''] = hashDirectoryLower(piece, nativeMd5).split('/');
      const directories = [outer, `${outer}/${inner}`, `${outer}/${inner}/${name}`];
      for (const one of directories) {
        await disk.makeDirectory(joinedPath(place.path, one), 0o777);
      }
      const path = joinedPath(place.path, `${outer}/${inner}/${name}/${name}`);
      const flags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;
      const file = await disk.open(path, flags, { mode: 0o600 });
      return new GrowingPiece(place, decodeText(path), file);
    } catch (error) {
      await place.end();
      throw error;
    }
  }

  /**
   * Writes bytes from one on, as far as they are not there yet.
   *
   * @throws NOT_ENOUGH_SPACE
   */
  async write(bytes: Uint8Array, fromByte: number): Promise<void> {
    const written = this.#writing.then(() => this.#append(bytes, fromByte));
    this.#writing = written.catch(() => undefined);
    await written;
  }

  async #append(bytes: Uint8Array, fromByte: number): Promise<void> {
    assert(fromByte <= this.#sizeBytes, 'what comes before it was never written');
    const fresh = bytes.subarray(this.#sizeBytes - fromByte);
    if (fresh.length === 0) return;
    await this.#place.room.take(fresh.length);
    await this.#file.writeAll(fresh, this.#sizeBytes);
    this.#sizeBytes += fresh.length;
  }

  /** All has come that one who holds it was given: the file has that and no more, and a mode of its own. */
  async whole(sizeBytes: number, mode: number): Promise<void> {
    assert(sizeBytes === this.#sizeBytes, 'another one who holds the file was given other bytes');
    await this.#file.setMode(mode);
  }

  /** The file goes, when what is being written has been. */
  async end(): Promise<void> {
    await this.#writing;
    try {
      await this.#file.close();
    } finally {
      await this.#place.end();
    }
  }
}
