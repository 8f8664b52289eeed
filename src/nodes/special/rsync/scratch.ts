import type { Key } from '../../../key/index.ts';
import {
  openFlags,
  SpaceGuard,
  type Disk,
  type OpenFile,
  type System,
} from '../../../repository/index.ts';
import { decodeText, encodeText, type Uuid } from '../../../units/index.ts';
import { ClaimedRoom } from '../directory/claimed-room.ts';
import { joinedPath, makeDirectories } from '../directory/directories.ts';
import { beginUpload, clearUploads, type UploadsPlace } from '../directory/uploads.ts';
import type { RsyncDirectory } from './rsync.ts';

/** Where temporary files are made. */
export interface ScratchAt {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  readonly remote: Uuid;
  /** Bytes of the disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
}

/** A directory that rsync works on. */
export interface ScratchDirectory {
  readonly path: string;
  /** It goes, with what is in it. */
  end(): Promise<void>;
}

/** A file that rsync works on, at the same path below its directory as on the remote. */
export interface ScratchFile extends ScratchDirectory {
  readonly file: OpenFile;
  /** Sees to it that so many more bytes find room, as far as they were not expected. */
  makeRoom(bytes: number): Promise<void>;
}

/**
 * Temporary files for rsync, which works on nothing else, in directories of their own below
 * `annex/ballast/rsync-UUID/tmp/` of the gateway. What a killed server left goes at the next start.
 */
export class Scratch {
  readonly #at: ScratchAt;
  readonly #uploads: UploadsPlace;
  readonly #space: SpaceGuard;

  constructor(at: ScratchAt) {
    const { annexDirectory, disk, system, remote, reserveBytes } = at;
    this.#at = at;
    const directory = `${annexDirectory}/ballast/rsync-${remote}`;
    this.#uploads = { directory, disk, system };
    this.#space = new SpaceGuard({
      disk,
      path: Buffer.from(encodeText(annexDirectory)),
      reserveBytes,
    });
  }

  /** An empty directory. */
  async directory(): Promise<ScratchDirectory> {
    const { directory: own, disk } = this.#uploads;
    const parent = joinedPath(this.#at.annexDirectory, 'ballast');
    await makeDirectories([parent, Buffer.from(encodeText(own))], disk);
    const upload = await beginUpload(this.#uploads);
    return { path: decodeText(upload.directory), end: () => upload.end() };
  }

  /**
   * An empty file for a piece.
   *
   * @param expectedBytes what it will have; `undefined` where that shows at the end.
   * @throws NOT_ENOUGH_SPACE
   */
  async file(
    piece: Key,
    { outer, inner, name }: RsyncDirectory,
    expectedBytes: number | undefined,
  ): Promise<ScratchFile> {
    const { disk } = this.#uploads;
    const room = await ClaimedRoom.claim(this.#space, piece, expectedBytes);
    let directory: ScratchDirectory | undefined;
    try {
      directory = await this.directory();
      const paths = [outer, inner, name].map((_, at, all) =>
        joinedPath(directory?.path ?? '', all.slice(0, at + 1).join('/')),
      );
      for (const path of paths) await disk.makeDirectory(path, 0o777);
      const path = joinedPath(directory.path, `${outer}/${inner}/${name}/${name}`);
      const flags = openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_EXCL;
      const file = await disk.open(path, flags, { mode: 0o600 });
      const own = directory;
      return {
        path: own.path,
        file,
        makeRoom: (bytes) => room.take(bytes),
        end: async () => {
          room.release();
          await file.close();
          await own.end();
        },
      };
    } catch (error) {
      room.release();
      await directory?.end();
      throw error;
    }
  }

  /** Clears what ended processes left. */
  async clear(): Promise<void> {
    await clearUploads(this.#uploads);
  }
}
