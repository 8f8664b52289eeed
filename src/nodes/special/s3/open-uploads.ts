import { openFlags, type Disk, type FileLock, type System } from '../../../repository/index.ts';
import { parseKey } from '../../../key/index.ts';
import { anyText, objectOf, readJson, type Shape } from '../../../shapes/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../../units/index.ts';
import type { XmlAnswer } from '../http/xml-answer.ts';
import type { S3Client } from './s3-client.ts';

/** An upload of several parts, as the server knows it. */
export interface NotedUpload {
  readonly object: string;
  readonly id: string;
}

const noted: Shape<NotedUpload> = objectOf({ object: anyText, id: anyText });

/** A note of an upload that is under way. */
export interface UploadNote {
  /** It is over. */
  forget(): Promise<void>;
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
 * Uploads of several parts that are under way, each noted in a file that is locked while somebody is at it: the
 * parts of one that broke off stay on the server, unseen and paid for, until it is given up. Whoever starts
 * later gives up those that have no lock.
 */
export class OpenUploads {
  readonly #at: UploadsAt;
  readonly #directory: string;

  constructor(at: UploadsAt) {
    this.#at = at;
    this.#directory = `${at.annexDirectory}/ballast/uploads-${at.remote}`;
  }

  /** Notes an upload that the server has begun. */
  async note(upload: NotedUpload): Promise<UploadNote> {
    const { disk, system } = this.#at;
    await this.#makeDirectory();
    const path = `${this.#directory}/${system.clock.uuid()}`;
    const lock = await system.locks.tryLock(path, 'exclusive', {
      disk,
      create: true,
      createMode: 0o600,
      removeOnRelease: true,
    });
    const file = await disk.open(path, openFlags.O_WRONLY);
    try {
      await file.writeAll(encodeText(JSON.stringify(upload)), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    return { forget: () => released(lock) };
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
    const names = await this.#names();
    for (const name of names) await this.#clearOne(`${this.#directory}/${name}`, client);
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

  async #clearOne(path: string, client: S3Client): Promise<void> {
    const { disk, system } = this.#at;
    let lock: FileLock | undefined;
    try {
      lock = await system.locks.tryLock(path, 'exclusive', { disk });
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return;
      throw error;
    }
    if (lock === undefined) return;
    try {
      const note = readJson(await this.#text(path), noted);
      if (note.kind === 'value') await giveUp(note.value, client);
      await disk.remove(path);
    } finally {
      await released(lock);
    }
  }

  async #text(path: string): Promise<string> {
    const file = await this.#at.disk.open(path, openFlags.O_RDONLY);
    try {
      const { size } = await file.status();
      return decodeText(await file.readAll(Math.min(Number(size), 100_000)));
    } finally {
      await file.close();
    }
  }

  /** Those of contents of which no note is, as of a crash right after the server began one, or of git-annex. */
  async #clearOld(client: S3Client): Promise<void> {
    let after: readonly (readonly [name: string, value: string])[] = [];
    for (let lists = 0; lists < listsMax; lists += 1) {
      const query = [
        ['uploads', ''],
        ['prefix', client.place.prefix],
        ['max-uploads', `${listMax}`],
        ...after,
      ] as const;
      const answer = await client.ask({ method: 'GET', query }, [200]);
      await this.#clearListed(answer, client);
      const [object, id] = [answer.text('NextKeyMarker'), answer.text('NextUploadIdMarker')];
      if (answer.text('IsTruncated').trim() !== 'true' || object === '') return;
      after = [
        ['key-marker', object],
        ['upload-id-marker', id],
      ];
    }
  }

  async #clearListed(answer: XmlAnswer, client: S3Client): Promise<void> {
    const untilMs = this.#at.system.clock.wallMs() - abandonedMs;
    for (const upload of answer.all('Upload')) {
      const [object, id, begun] = [
        upload.text('Key'),
        upload.text('UploadId'),
        upload.text('Initiated'),
      ];
      const isContent = parseKey(object.slice(client.place.prefix.length)) !== undefined;
      if (isContent && id !== '' && Date.parse(begun) < untilMs)
        await giveUp({ object, id }, client);
    }
  }
}

async function giveUp({ object, id }: NotedUpload, client: S3Client): Promise<void> {
  const query = [['uploadId', id]] as const;
  const response = await client.send({ method: 'DELETE', object, query }, [200, 204, 404]);
  await response.body.dump();
}

async function released(lock: FileLock | undefined): Promise<void> {
  lock?.release();
  await lock?.released;
}
