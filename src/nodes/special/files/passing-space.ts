import { serializeKey, type Key } from '../../../key/index.ts';
import { SpaceGuard, type Disk, type System } from '../../../repository/index.ts';
import { decodeText, encodeText } from '../../../units/index.ts';
import { ClaimedRoom } from './claimed-room.ts';
import { joinedPath, makeDirectories } from './directories.ts';
import { GrowingPiece } from './growing-piece.ts';
import { HeldPiece } from './held-piece.ts';
import type { PassingDirectory, PassingFile } from './passing-file.ts';
import { beginUpload, clearUploads, type UploadsPlace } from './uploads.ts';

/** What {@link PassingSpace} is made of. */
export interface PassingSpaceOptions {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: Pick<System, 'clock' | 'locks' | 'disks'>;
  /** Bytes of the disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
}

/** Where the files are that several remotes may read, below `annex/ballast/`. */
const sharedName = 'shared';

/** A file of several remotes. */
interface SharedFile {
  readonly piece: Promise<GrowingPiece>;
  holders: number;
}

/**
 * The disk of a gateway, as far as pieces pass through files on it, below `annex/ballast/`. All its remotes have room
 * on it in common, and one file for a piece that several of them are given at once.
 */
export class PassingSpace {
  readonly disk: Disk;
  readonly #options: PassingSpaceOptions;
  readonly #guard: SpaceGuard;
  /** By what their bytes come from, and by piece. */
  readonly #shared = new WeakMap<object, Map<string, SharedFile>>();

  constructor(options: PassingSpaceOptions) {
    const { annexDirectory, system, reserveBytes } = options;
    this.#options = options;
    this.disk = system.disks.at(annexDirectory);
    const path = Buffer.from(encodeText(annexDirectory));
    this.#guard = new SpaceGuard({ disk: this.disk, path, reserveBytes });
  }

  /** An empty directory below `annex/ballast/NAME/`. */
  async directory(name: string): Promise<PassingDirectory> {
    const uploads = this.#uploadsOf(name);
    const parent = joinedPath(this.#options.annexDirectory, 'ballast');
    await makeDirectories([parent, Buffer.from(encodeText(uploads.directory))], this.disk);
    const upload = await beginUpload(uploads);
    return { path: decodeText(upload.directory), end: () => upload.end() };
  }

  /**
   * An empty directory for the file of a piece, below `annex/ballast/NAME/`.
   *
   * @param expectedBytes what the file will have; `undefined` where that shows at the end.
   * @throws NOT_ENOUGH_SPACE
   */
  async begin(name: string, piece: Key, expectedBytes: number | undefined): Promise<PassingFile> {
    const room = await ClaimedRoom.claim(this.#guard, piece, expectedBytes);
    try {
      const directory = await this.directory(name);
      return {
        path: directory.path,
        room,
        end: async () => {
          room.release();
          await directory.end();
        },
      };
    } catch (error) {
      room.release();
      throw error;
    }
  }

  /**
   * The file of a piece that is to be stored, below `annex/ballast/NAME/`, or below `annex/ballast/shared/` where others
   * may be given the same bytes.
   *
   * @param by.source what the bytes come from: whoever names the same one has the same file.
   * @throws NOT_ENOUGH_SPACE
   */
  async grow(
    name: string,
    piece: Key,
    by: { readonly sizeBytes: number | undefined; readonly source: object | undefined },
  ): Promise<HeldPiece> {
    const { sizeBytes, source } = by;
    if (source !== undefined) return await this.#growShared(piece, sizeBytes, source);
    const grown = await this.#growOwn(name, piece, sizeBytes);
    return new HeldPiece(grown, () => grown.end());
  }

  async #growOwn(name: string, piece: Key, sizeBytes: number | undefined): Promise<GrowingPiece> {
    return await GrowingPiece.begin(piece, await this.begin(name, piece, sizeBytes), this.disk);
  }

  async #growShared(piece: Key, sizeBytes: number | undefined, source: object): Promise<HeldPiece> {
    const pieces = this.#shared.get(source) ?? new Map<string, SharedFile>();
    this.#shared.set(source, pieces);
    const key = serializeKey(piece);
    const shared = pieces.get(key) ?? {
      piece: this.#growOwn(sharedName, piece, sizeBytes),
      holders: 0,
    };
    pieces.set(key, shared);
    shared.holders += 1;
    const isLast = (): boolean => {
      shared.holders -= 1;
      // Who comes later begins another one.
      if (shared.holders === 0 && pieces.get(key) === shared) pieces.delete(key);
      return shared.holders === 0;
    };
    try {
      const grown = await shared.piece;
      return new HeldPiece(grown, async () => {
        if (isLast()) await grown.end();
      });
    } catch (error) {
      isLast();
      throw error;
    }
  }

  /** @throws NOT_ENOUGH_SPACE when what has grown without a claim leaves too little. */
  async assertRoom(piece: Key): Promise<void> {
    (await this.#guard.claim(piece, 1)).release();
  }

  /** Clears what transfers of ended processes left below `annex/ballast/NAME/`, and what several remotes shared. */
  async clear(name: string): Promise<void> {
    await clearUploads(this.#uploadsOf(name));
    await clearUploads(this.#uploadsOf(sharedName));
  }

  #uploadsOf(name: string): UploadsPlace {
    const { annexDirectory, system } = this.#options;
    return { directory: `${annexDirectory}/ballast/${name}`, disk: this.disk, system };
  }
}
