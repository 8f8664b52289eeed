import type { Clock } from '../../../clock/index.ts';
import { partFrom, partHeaders } from '../http/web-answer.ts';
import type { XmlAnswer } from '../http/xml-answer.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import type { DavClient } from './dav-client.ts';
import { DavDeposit } from './dav-deposit.ts';

/** What has not grown for so long is nobody's any more, milliseconds. */
const abandonedMs = 7 * 24 * 60 * 60 * 1000;

/** What a server answers to who makes a collection that is there then: 405, when it was before (RFC 4918 section 9.3.1). */
const made = [200, 201, 405];

/** And when it is not, by this request: 409, when what it would be in lacks. */
const notMade = [403, 404, 409, 423, 500];

/** How often a file is moved into its place when that is removed meanwhile. */
const movesMax = 3;

/** What stands at a name: what a server tells of it. */
export interface DavFound extends FoundPiece {
  readonly isCollection: boolean;
}

/** What is said of where something is. Names are below the url, percent-encoded. */
export interface DavPlace {
  readonly file: string;
  /** Those that it is in, from the outermost on. */
  readonly collections: readonly string[];
}

/** The files of one WebDAV server below one url, by their names. */
export class DavFiles {
  readonly #client: DavClient;
  readonly #clock: Pick<Clock, 'uuid' | 'wallMs'>;
  /** Where files grow, from the outermost collection on. */
  readonly #growing: readonly string[];
  #hasGrowing: Promise<void> | undefined;

  constructor(parts: {
    readonly client: DavClient;
    readonly clock: Pick<Clock, 'uuid' | 'wallMs'>;
    readonly growing: readonly string[];
  }) {
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#growing = parts.growing;
  }

  /** What stands somewhere; `undefined` where the server says that nothing does, which may be as there is nothing at all. */
  async look(name: string): Promise<DavFound | undefined> {
    const [found] = (await this.#client.properties(name, '0')) ?? [];
    if (found === undefined) return undefined;
    const told = toldOf(found);
    // A server may say that it does not know by an answer within its answer.
    if (told === undefined) throw new Error(`PROPFIND ${name}: the server does not say what it is`);
    return told;
  }

  /** What a file is, as `look` has it. */
  async #find(name: string): Promise<FoundPiece | undefined> {
    const found = await this.look(name);
    if (found?.isCollection === true)
      throw new Error(`there is a collection in the place of ${name}`);
    return found && { sizeBytes: found.sizeBytes };
  }

  /** What a file is; `undefined` when there is none, while the url is there. */
  async find(name: string): Promise<FoundPiece | undefined> {
    const found = await this.#find(name);
    if (found === undefined) await this.assertBase();
    return found;
  }

  /** A file from a byte on; `undefined` when there is none. */
  async get(name: string, fromByte: number): Promise<StoredPiece | undefined> {
    const headers = partHeaders(fromByte);
    const good = fromByte === 0 ? [200, 404] : [200, 206, 404, 416];
    const response = await this.#client.send({ method: 'GET', name, headers }, good);
    if (response.statusCode !== 404) return partFrom(response, fromByte);
    await response.body.dump();
    await this.assertBase();
    return undefined;
  }

  /** Begins to store a file, whose place is asked for at its end. */
  async put(sizeBytes: number | undefined, place: () => DavPlace): Promise<DavDeposit> {
    this.#hasGrowing ??= this.#make(this.#growing);
    try {
      await this.#hasGrowing;
    } catch (error) {
      this.#hasGrowing = undefined;
      throw error;
    }
    const temporary = `${this.#growing.at(-1) ?? ''}/${this.#clock.uuid()}`;
    return new DavDeposit(this.#client, {
      temporary,
      sizeBytes,
      // Somebody may have removed what they are in.
      onFailure: () => {
        this.#hasGrowing = undefined;
      },
      moveIntoPlace: (writtenBytes) => this.#moveGrown(temporary, place(), writtenBytes),
    });
  }

  /**
   * Some servers say that they have what they have not read, above all where it came without its length: it is looked
   * at before it shows.
   */
  async #moveGrown(temporary: string, place: DavPlace, writtenBytes: number): Promise<void> {
    const grown = await this.#find(temporary);
    if (grown?.sizeBytes !== writtenBytes) {
      const has =
        grown === undefined ? 'nothing' : `${grown.sizeBytes ?? 'an unknown number of'} bytes`;
      throw new Error(`PUT ${temporary}: the server has ${has} of ${writtenBytes} bytes`);
    }
    await this.move(temporary, place, writtenBytes);
  }

  /**
   * Gives a file of so many bytes another place, with whatever that is in. Whoever removes the last file of a
   * collection may remove the collection, too.
   */
  async move(
    from: string,
    { file, collections }: DavPlace,
    sizeBytes: number | undefined,
  ): Promise<void> {
    const headers = { destination: this.#client.urlOf(file), overwrite: 'T' };
    const request = { method: 'MOVE', name: from, headers } as const;
    let status = 0;
    for (let moves = 0; moves < movesMax; moves += 1) {
      if (collections.length > 0) await this.#make(collections);
      // Apache says 500 where RFC 4918 has 409.
      status = await this.#client.act(request, [200, 201, 204, 404, 409, 500]);
      if (status < 400) return;
      // An answer that was lost, and the same request again: it is not here any more, but there.
      if ((await this.#find(from)) !== undefined) continue;
      const moved = await this.#find(file);
      if (moved !== undefined && moved.sizeBytes === sizeBytes) return;
      break;
    }
    throw new Error(`MOVE ${from}: the server answers ${status}`);
  }

  /** Makes a collection, and those that it is in where they lack. */
  async #make(collections: readonly string[], triesLeft = 2): Promise<void> {
    const name = `${collections.at(-1) ?? ''}/`;
    const request = { method: 'MKCOL', name } as const;
    const outer = collections.slice(0, -1);
    const status = await this.#client.act(request, [...made, ...notMade]);
    if (made.includes(status)) return;
    // Of two who make one at the same time, Apache says 403 to the second.
    const mayBeThere = status !== 404 && status !== 409;
    const [found] = mayBeThere ? ((await this.#client.properties(name, '0')) ?? []) : [];
    if (found !== undefined && toldOf(found)?.isCollection === true) return;
    if (triesLeft === 0) throw new Error(`MKCOL ${name}: the server answers ${status}`);
    if (outer.length > 0) await this.#make(outer);
    await this.#make(collections, triesLeft - 1);
  }

  /** Removes something with all that is in it. A collection has a slash at its end. */
  async remove(name: string): Promise<void> {
    const status = await this.#client.act({ method: 'DELETE', name }, [200, 204, 404]);
    if (status === 404) await this.assertBase();
  }

  /** Removes a collection if it is there, and empty. */
  async removeEmpty(name: string): Promise<void> {
    if ((await this.look(name))?.isCollection !== true) return;
    const itself = (await this.#client.properties(`${name}/`, '1')) ?? [];
    if (itself.length === 1) await this.remove(`${name}/`);
  }

  /** Clears what has not grown for long. */
  async clear(): Promise<void> {
    const growing = this.#growing.at(-1) ?? '';
    const untilMs = this.#clock.wallMs() - abandonedMs;
    for (const found of (await this.#client.properties(`${growing}/`, '1')) ?? []) {
      const changedMs = Date.parse(found.text('getlastmodified'));
      const [, own] = /\/([\dA-Fa-f-]{36})$/.exec(found.text('href')) ?? [];
      if (own === undefined || toldOf(found)?.isCollection !== false) continue;
      if (!(changedMs < untilMs)) continue;
      await this.#client.act({ method: 'DELETE', name: `${growing}/${own}` }, [200, 204, 404]);
    }
  }

  /** Ends what it has open. Harmless more than once. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  /**
   * Below a url that is not there, nothing is. Looked at anew each time: it may have gone since.
   *
   * @throws Error then, or when it may not be looked at.
   */
  async assertBase(): Promise<void> {
    const [found] = (await this.#client.properties('', '0')) ?? [];
    if (found === undefined) throw new Error('there is nothing at the url of the remote');
    if (toldOf(found)?.isCollection !== true) {
      throw new Error('the url of the remote is no collection');
    }
  }
}

/** What a server tells of something with success; `undefined` where it tells nothing. */
function toldOf(found: XmlAnswer): DavFound | undefined {
  const told = found.all('propstat').filter((one) => / 200( |$)/.test(one.text('status')));
  if (told.length === 0) return undefined;
  const length = Number(told.map((one) => one.text('getcontentlength').trim()).find(isNumber));
  return {
    isCollection: told.some((one) => one.all('collection').length > 0),
    sizeBytes: Number.isSafeInteger(length) ? length : undefined,
  };
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
