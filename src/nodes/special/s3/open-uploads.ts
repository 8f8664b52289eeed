import {
  fsyncDirectory,
  openFlags,
  type Disk,
  type FileLock,
  type OpenFile,
  type System,
} from '../../../repository/index.ts';
import { parseKey } from '../../../key/index.ts';
import {
  anyText,
  objectOf,
  orUnread,
  readJson,
  wholeNumber,
  type Shape,
} from '../../../shapes/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../../units/index.ts';
import type { S3Client } from './s3-client.ts';
import { S3Error } from './s3-error.ts';

/** An upload of several parts, as the server knows it. */
interface NotedUpload {
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

/** An upload that the server has begun. */
export interface BegunUpload {
  readonly id: string;
  /** It is over. */
  readonly forget: () => Promise<void>;
}

/** Asks the server for an upload, and tells when it has to ask again; gives its name. */
export type AskForUpload = (onAgain: () => void) => Promise<string>;

/** What is written of an upload. */
interface UploadNote {
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

/** Uploads that nobody has heard of for so long are given up, whoever began them, milliseconds. */
const abandonedMs = 7 * 24 * 60 * 60 * 1000;

/** How many uploads are listed at once, and how many such lists are read: what is behind them waits for the next start. */
const listMax = 1000;
const listsMax = 100;

/**
 * The server may have begun an upload so long before it was asked, or after, by its own clock: requests that are off by
 * more are refused, and one is not tried for longer.
 */
const askedEarlierMs = 5 * 60 * 1000;
const askedLaterMs = 15 * 60 * 1000;

/**
 * Uploads of several parts that are under way, each noted in a file that is locked while somebody is at it: the
 * parts of one that broke off stay on the server, unseen and paid for, until it is given up. Whoever starts
 * later gives up those that have no lock. The server is asked after that was noted, so that one whose name nobody
 * heard is found, too: by its object and its time.
 */
export class OpenUploads {
  readonly #at: UploadsAt;
  readonly #directory: string;

  constructor(at: UploadsAt) {
    this.#at = at;
    this.#directory = `${at.annexDirectory}/ballast/uploads-${at.remote}`;
  }

  /**
   * Has the server begin an upload, which is noted before.
   *
   * @throws what asking throws.
   */
  async begin(object: string, ask: AskForUpload): Promise<BegunUpload> {
    const askedMs = this.#at.system.clock.wallMs();
    const note = await this.#noteOf({ object, id: undefined, askedMs });
    let isAskedAgain = false;
    let id: string;
    try {
      id = await ask(() => {
        isAskedAgain = true;
      });
    } catch (error) {
      // It may have begun one all the same, unless it says that it has not.
      const isRefused = error instanceof S3Error && !error.isRetryable && !isAskedAgain;
      await (isRefused ? note.forget() : note.leave());
      throw error;
    }
    if (!isAskedAgain) {
      await note.add({ object, id, askedMs });
      return { id, forget: note.forget };
    }
    const own = await this.#noteOf({ object, id, askedMs });
    await note.leave();
    return { id, forget: own.forget };
  }

  async #noteOf(upload: NotedUpload): Promise<UploadNote> {
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
    await add(upload);
    await fsyncDirectory(this.#directory, disk);
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

  /** Gives up uploads that nobody is at any more. */
  async clear(client: S3Client): Promise<void> {
    const paths = (await this.#names()).map((name) => `${this.#directory}/${name}`);
    const nameless: { readonly path: string; readonly lock: FileLock }[] = [];
    const others: NotedUpload[] = [];
    try {
      for (const path of paths) {
        const lock = await this.#locked(path);
        const upload = await this.#read(path);
        if (lock === undefined) {
          if (upload !== undefined) others.push(upload);
        } else if (upload?.id === undefined && upload?.askedMs !== undefined) {
          nameless.push({ path, lock });
        } else await this.#clearOne({ path, lock }, upload, client);
      }
      for (const { path } of nameless) await this.#clearNameless(path, others, client);
    } finally {
      for (const { lock } of nameless) await released(lock);
    }
    await this.#clearOld(client);
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await this.#at.disk.names(this.#directory)).map((name) => decodeText(name));
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** The lock of a note that nobody is at; `undefined` where somebody is, or none is there any more. */
  async #locked(path: string): Promise<FileLock | undefined> {
    const { disk, system } = this.#at;
    try {
      return await system.locks.tryLock(path, 'exclusive', { disk });
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #clearOne(
    { path, lock }: { readonly path: string; readonly lock: FileLock },
    upload: NotedUpload | undefined,
    client: S3Client,
  ): Promise<void> {
    try {
      if (upload?.id !== undefined) await giveUp(upload.object, upload.id, client);
      await this.#at.disk.remove(path);
    } finally {
      await released(lock);
    }
  }

  /** Those of an object that the server began when it was asked for one, and that are nobody else's. */
  async #clearNameless(
    path: string,
    others: readonly NotedUpload[],
    client: S3Client,
  ): Promise<void> {
    const upload = await this.#read(path);
    const { object = '', askedMs = 0 } = upload ?? {};
    const ofObject = others.filter((other) => other.object === object);
    // Whoever asks just now may get any of them.
    if (ofObject.some(({ id }) => id === undefined)) return;
    const isOthers = (id: string): boolean => ofObject.some((other) => other.id === id);
    await this.#listed(client, object, async (found, id, begunMs) => {
      const isOfThen = begunMs > askedMs - askedEarlierMs && begunMs < askedMs + askedLaterMs;
      if (found === object && isOfThen && !isOthers(id)) await giveUp(object, id, client);
    });
    await this.#at.disk.remove(path);
  }

  /** The last of what a note says that was wholly written; `undefined` where nothing is. */
  async #read(path: string): Promise<NotedUpload | undefined> {
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

  /** Those of contents of which no note is, as of git-annex. */
  async #clearOld(client: S3Client): Promise<void> {
    const untilMs = this.#at.system.clock.wallMs() - abandonedMs;
    const { prefix } = client.place;
    await this.#listed(client, prefix, async (object, id, begunMs) => {
      const isContent = parseKey(object.slice(prefix.length)) !== undefined;
      if (isContent && begunMs < untilMs) await giveUp(object, id, client);
    });
  }

  /** Each upload of an object whose name begins so. */
  async #listed(
    client: S3Client,
    prefix: string,
    each: (object: string, id: string, begunMs: number) => Promise<void>,
  ): Promise<void> {
    let after: readonly (readonly [name: string, value: string])[] = [];
    for (let lists = 0; lists < listsMax; lists += 1) {
      const query = [
        ['uploads', ''],
        ['prefix', prefix],
        ['max-uploads', `${listMax}`],
        ...after,
      ] as const;
      const answer = await client.ask({ method: 'GET', query }, [200]);
      for (const upload of answer.all('Upload')) {
        const id = upload.text('UploadId');
        if (id !== '') await each(upload.text('Key'), id, Date.parse(upload.text('Initiated')));
      }
      const [object, id] = [answer.text('NextKeyMarker'), answer.text('NextUploadIdMarker')];
      if (answer.text('IsTruncated').trim() !== 'true' || object === '') return;
      after = [
        ['key-marker', object],
        ['upload-id-marker', id],
      ];
    }
  }
}

async function giveUp(object: string, id: string, client: S3Client): Promise<void> {
  const query = [['uploadId', id]] as const;
  const response = await client.send({ method: 'DELETE', object, query }, [200, 204, 404]);
  await response.body.dump();
}

async function released(lock: FileLock | undefined): Promise<void> {
  lock?.release();
  await lock?.released;
}
