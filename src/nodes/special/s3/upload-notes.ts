import {
  fsyncDirectory,
  openFlags,
  type Disk,
  type FileLock,
  type OpenFile,
  type System,
} from '../../../repository/index.ts';
import {
  anyText,
  objectOf,
  orUnread,
  readJson,
  wholeNumber,
  type Shape,
} from '../../../shapes/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../../units/index.ts';

/** An upload of several parts, as the server knows it. */
export interface NotedUpload {
  readonly object: string;
  /** What the server calls it; `undefined` while it has not said so. */
  readonly id: string | undefined;
  /** When the server was asked to begin it, milliseconds by the clock of this machine. */
  readonly askedMs: number | undefined;
}

const noted: Shape<NotedUpload> = objectOf({
  object: anyText,
  id: orUnread(anyText),
  askedMs: orUnread(wholeNumber),
});

/** What is written of an upload. */
export interface UploadNote {
  /** What is known of it by now. Durable. */
  add(what: NotedUpload): Promise<void>;
  /** Nobody is at it any more, and whoever starts later looks for it. */
  leave(): Promise<void>;
  /** It is over. */
  readonly forget: () => Promise<void>;
}

/** Where uploads are noted. */
export interface UploadsAt {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  readonly remote: Uuid;
}

/** Notes of one remote's uploads, each a file that is locked while somebody is at the upload. */
export class UploadNotes {
  readonly #at: UploadsAt;
  readonly #directory: string;

  constructor(at: UploadsAt) {
    this.#at = at;
    this.#directory = `${at.annexDirectory}/ballast/uploads-${at.remote}`;
  }

  /** Notes an upload, for as long as it is under way. Durable. */
  async make(upload: NotedUpload): Promise<UploadNote> {
    const { disk, system } = this.#at;
    await this.#makeDirectory();
    const path = `${this.#directory}/${system.clock.uuid()}`;
    const lock = await system.locks.tryLock(path, 'exclusive', {
      disk,
      create: true,
      createMode: 0o600,
    });
    let writtenBytes = 0;
    const add = async (what: NotedUpload): Promise<void> => {
      const file = await disk.open(path, openFlags.O_WRONLY);
      const line = encodeText(`${JSON.stringify(what)}\n`);
      try {
        await file.writeAll(line, writtenBytes);
        await file.sync();
      } finally {
        await file.close();
      }
      writtenBytes += line.length;
    };
    try {
      await add(upload);
      await fsyncDirectory(this.#directory, disk);
    } catch (error) {
      await released(lock);
      throw error;
    }
    return {
      add,
      leave: () => released(lock),
      forget: async () => {
        await disk.remove(path);
        await released(lock);
      },
    };
  }

  async #makeDirectory(): Promise<void> {
    const { annexDirectory, disk } = this.#at;
    for (const path of [`${annexDirectory}/ballast`, this.#directory]) {
      try {
        await disk.makeDirectory(path, 0o755);
      } catch (error) {
        if (!isErrorCode(error, 'EEXIST')) throw error;
      }
    }
  }

  /** All of them, by where they are. */
  async paths(): Promise<readonly string[]> {
    try {
      return (await this.#at.disk.names(this.#directory)).map(
        (name) => `${this.#directory}/${decodeText(name)}`,
      );
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** The lock of a note that nobody is at; `undefined` where somebody is, or none is there any more. */
  async locked(path: string): Promise<FileLock | undefined> {
    const { disk, system } = this.#at;
    try {
      return await system.locks.tryLock(path, 'exclusive', { disk });
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** The last of what a note says that was wholly written; `undefined` where nothing is. */
  async read(path: string): Promise<NotedUpload | undefined> {
    const lines = (await this.#text(path)).split('\n');
    for (const line of lines.toReversed()) {
      const read = readJson(line, noted);
      if (read.kind === 'value') return read.value;
    }
    return undefined;
  }

  async #text(path: string): Promise<string> {
    let file: OpenFile;
    try {
      file = await this.#at.disk.open(path, openFlags.O_RDONLY);
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return '';
      throw error;
    }
    try {
      const { size } = await file.status();
      return decodeText(await file.readAll(Math.min(Number(size), 100_000)));
    } finally {
      await file.close();
    }
  }

  /** There is nothing more to look for. */
  async remove(path: string): Promise<void> {
    await this.#at.disk.remove(path);
  }
}

/** Gives a lock up. */
export async function released(lock: FileLock | undefined): Promise<void> {
  lock?.release();
  await lock?.released;
}
