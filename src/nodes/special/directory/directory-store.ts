import { hashDirectoryLower, hashDirectoryMixed, keyFile, type Key } from '../../../key/index.ts';
import { nativeMd5, openObject, SpaceGuard, type Disk } from '../../../repository/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import { clearPlace, joinedPath, makeDirectories, type PiecePlace } from '../files/directories.ts';
import { DirectoryDeposit } from './directory-deposit.ts';
import { clearUploads, type UploadsPlace } from '../files/uploads.ts';

/** Where a directory remote is, and what of the machine it needs. */
export interface DirectoryPlace extends UploadsPlace {
  /** Bytes of the disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
}

/**
 * `type=directory`: a piece is the file `LOWER/KEYFILE/KEYFILE` (spec/special-remotes.md section 2), or, from
 * old times, under MIXED. A piece grows in a directory of its own below `tmp/`, which then is renamed to
 * `LOWER/KEYFILE`.
 */
export class DirectoryStore implements PieceStore {
  readonly #place: DirectoryPlace;
  readonly #space: SpaceGuard;
  readonly #disk: Disk;

  constructor(place: DirectoryPlace) {
    this.#place = place;
    this.#disk = place.disk;
    const path = Buffer.from(place.directory);
    this.#space = new SpaceGuard({ disk: place.disk, path, reserveBytes: place.reserveBytes });
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    for (const { content } of placesOf(this.#place.directory, piece)) {
      const status = await this.#disk.status(content);
      if (status?.isFile() === true) return { sizeBytes: Number(status.size) };
    }
    await this.#assertThere();
    return undefined;
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    for (const { content } of placesOf(this.#place.directory, piece)) {
      const found = await openObject(piece, { path: content, disk: this.#disk }, { fromByte });
      if (found === undefined) continue;
      const { sizeBytes } = found;
      const lengthBytes = Math.max(0, sizeBytes - fromByte);
      const stream = {
        lengthBytes,
        [Symbol.asyncIterator]: () => found.chunks[Symbol.asyncIterator](),
        close: () => found.close(),
      };
      return { sizeBytes, stream };
    }
    await this.#assertThere();
    return undefined;
  }

  async put(piece: Key, { sizeBytes }: PiecePutOptions): Promise<PieceDeposit> {
    await this.#assertThere();
    const [place] = placesOf(this.#place.directory, piece);
    const claim = await this.#space.claim(piece, sizeBytes ?? 0);
    try {
      return await DirectoryDeposit.begin({
        ...this.#place,
        place,
        name: keyFile(piece),
        claim,
        assertThere: () => this.#assertThere(),
      });
    } catch (error) {
      claim.release();
      throw error;
    }
  }

  async remove(piece: Key): Promise<void> {
    // In an empty mount point nothing is there to be removed, which says nothing.
    await this.#assertThere();
    for (const place of placesOf(this.#place.directory, piece)) {
      await clearPlace(place, this.#disk);
    }
  }

  async probe(kind: ProbeKind): Promise<void> {
    await this.#assertThere();
    if (kind === 'question') return;
    const tmp = joinedPath(this.#place.directory, 'tmp');
    await makeDirectories([tmp], this.#disk);
    await this.#disk.probe(tmp.toString(), 'change');
  }

  async clear(): Promise<void> {
    await clearUploads(this.#place);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws Error where the directory is gone, as when its disk is not mounted. */
  async #assertThere(): Promise<void> {
    const { directory } = this.#place;
    const status = await this.#disk.status(directory);
    if (status?.isDirectory() === true) return;
    throw new Error(`directory ${directory} is not accessible`);
  }
}

/** Where a piece may be: the place it is stored at, first. */
function placesOf(directory: string, piece: Key): readonly [PiecePlace, PiecePlace] {
  const name = keyFile(piece);
  const place = (hashDirectory: string): PiecePlace => {
    const [first = '', second = ''] = hashDirectory.split('/');
    const outer = joinedPath(directory, first);
    const inner = joinedPath(outer, second);
    const own = joinedPath(inner, name);
    return { outer, inner, own, content: joinedPath(own, name) };
  };
  return [place(hashDirectoryLower(piece, nativeMd5)), place(hashDirectoryMixed(piece, nativeMd5))];
}
