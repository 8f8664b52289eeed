import { keyFile, type Key } from '../../../key/index.ts';
import { SpaceGuard, type Disk, type System } from '../../../repository/index.ts';
import { decodeText, encodeText, type Uuid } from '../../../units/index.ts';
import { ClaimedRoom } from './claimed-room.ts';
import { joinedPath, makeDirectories } from './directories.ts';
import { beginUpload, clearUploads, type UploadsPlace } from './uploads.ts';

/** Where pieces pass through files. */
export interface PassingPlace {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  readonly remote: Uuid;
  /** Bytes of the disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
}

/** A directory that a program works in. */
export interface PassingDirectory {
  readonly path: string;
  /** It goes, with what is in it, whoever made that. */
  end(): Promise<void>;
}

/** A directory for the file of one piece, and the room that it takes. */
export interface PassingFile extends PassingDirectory {
  readonly room: ClaimedRoom;
}

/**
 * Files that pieces pass through on their way to a program or from it, since it takes nothing else: each in a
 * directory of its own below `annex/ballast/TYPE-UUID/tmp/` of the gateway, and there for one transfer.
 */
export class PassingFiles {
  readonly disk: Disk;
  readonly #at: PassingPlace;
  readonly #uploads: UploadsPlace;
  readonly #space: SpaceGuard;

  constructor(type: 'rsync' | 'external', at: PassingPlace) {
    const { annexDirectory, disk, system, remote, reserveBytes } = at;
    this.#at = at;
    this.disk = disk;
    this.#uploads = { directory: `${annexDirectory}/ballast/${type}-${remote}`, disk, system };
    const path = Buffer.from(encodeText(annexDirectory));
    this.#space = new SpaceGuard({ disk, path, reserveBytes });
  }

  /** An empty directory. */
  async directory(): Promise<PassingDirectory> {
    const { directory: own, disk } = this.#uploads;
    const parent = joinedPath(this.#at.annexDirectory, 'ballast');
    await makeDirectories([parent, Buffer.from(encodeText(own))], disk);
    const upload = await beginUpload(this.#uploads);
    return { path: decodeText(upload.directory), end: () => upload.end() };
  }

  /**
   * An empty directory for the file of a piece.
   *
   * @param expectedBytes what the file will have; `undefined` where that shows at the end.
   * @throws NOT_ENOUGH_SPACE
   */
  async begin(piece: Key, expectedBytes: number | undefined): Promise<PassingFile> {
    const room = await ClaimedRoom.claim(this.#space, piece, expectedBytes);
    try {
      const directory = await this.directory();
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

  /** The path of a piece's file in its directory. */
  pathOf(piece: Key, { path }: PassingDirectory): string {
    return decodeText(joinedPath(path, keyFile(piece)));
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
