import { keyFile, type Key } from '../../../key/index.ts';
import {
  makeDirectoryDurably,
  SpaceGuard,
  type Disk,
  type System,
} from '../../../repository/index.ts';
import { decodeText, type Uuid } from '../../../units/index.ts';
import { ClaimedRoom } from '../directory/claimed-room.ts';
import { joinedPath } from '../directory/directories.ts';
import { beginUpload, clearUploads, type UploadsPlace } from '../directory/uploads.ts';

/** Where pieces are handed over to programs, which take nothing but files. */
export interface ExchangePlace {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly remote: Uuid;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  /** Bytes of the disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
}

/** The place of a file for one piece, in a directory of its own. */
export interface ExchangeFile {
  /** Where nothing is yet. */
  readonly path: string;
  readonly disk: Disk;
  readonly room: ClaimedRoom;
  /** The file goes, whoever made it. */
  end(): Promise<void>;
}

/**
 * Files that pieces pass through on their way to a program or from it, below `annex/ballast/external-UUID/` of the
 * gateway. Each is there for one transfer; whoever starts later clears what killed ones left.
 */
export class ExchangeFiles {
  readonly #at: ExchangePlace;
  readonly #uploads: UploadsPlace;
  readonly #space: SpaceGuard;

  constructor(at: ExchangePlace) {
    const { annexDirectory, remote, disk, system, reserveBytes } = at;
    this.#at = at;
    this.#uploads = { directory: `${annexDirectory}/ballast/external-${remote}`, disk, system };
    this.#space = new SpaceGuard({ disk, path: Buffer.from(annexDirectory), reserveBytes });
  }

  /**
   * Makes the place for a piece.
   *
   * @param sizeBytes of what is to come; `undefined` when nobody knows.
   * @throws NOT_ENOUGH_SPACE
   */
  async begin(piece: Key, sizeBytes: number | undefined): Promise<ExchangeFile> {
    const room = await ClaimedRoom.claim(this.#space, piece, sizeBytes);
    try {
      const { annexDirectory, disk } = this.#at;
      for (const path of [`${annexDirectory}/ballast`, this.#uploads.directory]) {
        await makeDirectoryDurably(Buffer.from(path), 0o755, disk);
      }
      const upload = await beginUpload(this.#uploads);
      const path = decodeText(joinedPath(upload.directory, keyFile(piece)));
      const end = async (): Promise<void> => {
        room.release();
        await upload.end();
      };
      return { path, disk, room, end };
    } catch (error) {
      room.release();
      throw error;
    }
  }

  /** @throws NOT_ENOUGH_SPACE when what has grown without a claim leaves too little. */
  async assertRoom(piece: Key): Promise<void> {
    (await this.#space.claim(piece, 1)).release();
  }

  /** Clears what transfers of ended processes left. */
  async clear(): Promise<void> {
    await clearUploads(this.#uploads);
  }
}
