import type { Clock } from '../../../clock/index.ts';
import type { FileLock } from '../../../repository/index.ts';
import { parseKey } from '../../../key/index.ts';
import type { S3Client } from './s3-client.ts';
import { S3Error } from './s3-error.ts';
import { released, UploadNotes, type NotedUpload, type UploadsAt } from './upload-notes.ts';

/** An upload that the server has begun. */
export interface BegunUpload {
  readonly id: string;
  /** It is over. */
  readonly forget: () => Promise<void>;
}

/** Asks the server for an upload, and tells when it has to ask again; gives its name. */
export type AskForUpload = (onAgain: () => void) => Promise<string>;

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
  readonly #notes: UploadNotes;
  readonly #clock: Pick<Clock, 'wallMs'>;

  constructor(at: UploadsAt) {
    this.#notes = new UploadNotes(at);
    this.#clock = at.system.clock;
  }

  /**
   * Has the server begin an upload, which is noted before.
   *
   * @throws what asking throws.
   */
  async begin(object: string, ask: AskForUpload): Promise<BegunUpload> {
    const askedMs = this.#clock.wallMs();
    const note = await this.#notes.make({ object, id: undefined, askedMs });
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
    let own = note;
    try {
      if (isAskedAgain) own = await this.#notes.make({ object, id, askedMs });
      else await note.add({ object, id, askedMs });
    } catch (error) {
      await note.leave();
      throw error;
    }
    if (own !== note) await note.leave();
    return { id, forget: own.forget };
  }

  /** Gives up uploads that nobody is at any more. */
  async clear(client: S3Client): Promise<void> {
    const nameless: { readonly path: string; readonly lock: FileLock }[] = [];
    const others: NotedUpload[] = [];
    try {
      for (const path of await this.#notes.paths()) {
        const lock = await this.#notes.locked(path);
        let upload: NotedUpload | undefined;
        try {
          upload = await this.#notes.read(path);
        } catch (error) {
          await released(lock);
          throw error;
        }
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

  async #clearOne(
    { path, lock }: { readonly path: string; readonly lock: FileLock },
    upload: NotedUpload | undefined,
    client: S3Client,
  ): Promise<void> {
    try {
      if (upload?.id !== undefined) await giveUp(upload.object, upload.id, client);
      await this.#notes.remove(path);
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
    const upload = await this.#notes.read(path);
    const { object = '', askedMs = 0 } = upload ?? {};
    const ofObject = others.filter((other) => other.object === object);
    // Whoever asks just now may get any of them.
    if (ofObject.some(({ id }) => id === undefined)) return;
    const isOthers = (id: string): boolean => ofObject.some((other) => other.id === id);
    let isFound = false;
    await this.#listed(client, object, async (found, id, begunMs) => {
      const isOfThen = begunMs > askedMs - askedEarlierMs && begunMs < askedMs + askedLaterMs;
      if (found !== object || !isOfThen || isOthers(id)) return;
      await giveUp(object, id, client);
      isFound = true;
    });
    // What was asked for a moment ago may begin yet: the next start looks again.
    const isLate = this.#clock.wallMs() > askedMs + askedLaterMs;
    if (isFound || isLate) await this.#notes.remove(path);
  }

  /** Those of contents of which no note is, as of git-annex. */
  async #clearOld(client: S3Client): Promise<void> {
    const untilMs = this.#clock.wallMs() - abandonedMs;
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
