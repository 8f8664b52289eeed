import type { Clock } from '../../../clock/index.ts';
import { hashDirectoryLower, keyFile, type Key } from '../../../key/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import { encodeText } from '../../../units/index.ts';
import { encodedName, partFrom, partHeaders } from '../http/web-answer.ts';
import type { XmlAnswer } from '../http/xml-answer.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import type { DavClient } from './dav-client.ts';
import { DavDeposit } from './dav-deposit.ts';

/** Below the url: where pieces grow. git-annex has its own beside it, of names that begin like this one. */
const temporaries = 'git-annex-webdav-tmp-ballast';

/** What has not grown for so long is nobody's any more, milliseconds. */
const abandonedMs = 7 * 24 * 60 * 60 * 1000;

/** What a server answers to who makes a collection that is there then: 405, when it was before (RFC 4918 section 9.3.1). */
const made = [200, 201, 405];

/** And when it is not, by this request: 409, when what it would be in lacks. */
const notMade = [403, 404, 409, 423, 500];

/** How often a piece is moved into its place when that is removed meanwhile. */
const movesMax = 3;

/**
 * `type=webdav`: a piece is the file `LOWER/KEYFILE/KEYFILE` below the url of a server (spec/special-remotes.md
 * section 6.2). It grows under another name, and is moved to its place when all of it is there.
 */
export class DavStore implements PieceStore {
  readonly #client: DavClient;
  readonly #clock: Pick<Clock, 'uuid' | 'wallMs'>;
  #hasTemporaries: Promise<void> | undefined;

  constructor(client: DavClient, clock: Pick<Clock, 'uuid' | 'wallMs'>) {
    this.#client = client;
    this.#clock = clock;
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    const { file } = placeOf(piece);
    const found = await this.#find(file);
    if (found === undefined) await this.#assertBase();
    return found;
  }

  /** What a file is; `undefined` where the server says that there is none, which may be as nothing is there at all. */
  async #find(name: string): Promise<FoundPiece | undefined> {
    const [found] = (await this.#client.properties(name, '0')) ?? [];
    if (found === undefined) return undefined;
    const told = toldOf(found);
    // A server may say that it does not know by an answer within its answer.
    if (told === undefined) throw new Error(`PROPFIND ${name}: the server does not say what it is`);
    if (told.isCollection) throw new Error(`there is a collection in the place of ${name}`);
    return { sizeBytes: told.sizeBytes };
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const { file: name } = placeOf(piece);
    const headers = partHeaders(fromByte);
    const good = fromByte === 0 ? [200, 404] : [200, 206, 404, 416];
    const response = await this.#client.send({ method: 'GET', name, headers }, good);
    if (response.statusCode !== 404) return partFrom(response, fromByte);
    await response.body.dump();
    await this.#assertBase();
    return undefined;
  }

  async put(piece: Key, { sizeBytes }: PiecePutOptions): Promise<PieceDeposit> {
    this.#hasTemporaries ??= this.#make([temporaries]);
    try {
      await this.#hasTemporaries;
    } catch (error) {
      this.#hasTemporaries = undefined;
      throw error;
    }
    const temporary = `${temporaries}/${this.#clock.uuid()}`;
    return new DavDeposit(this.#client, {
      temporary,
      sizeBytes,
      // Somebody may have removed what they are in.
      onFailure: () => {
        this.#hasTemporaries = undefined;
      },
      moveIntoPlace: (writtenBytes) => this.#move(temporary, piece, writtenBytes),
    });
  }

  /**
   * Some servers say that they have what they have not read, above all where it came without its length: it is looked
   * at before it shows. Whoever removes the last piece of a collection may remove the collection, too.
   */
  async #move(temporary: string, piece: Key, writtenBytes: number): Promise<void> {
    const { file, collections } = placeOf(piece);
    const grown = await this.#find(temporary);
    if (grown?.sizeBytes !== writtenBytes) {
      const has =
        grown === undefined ? 'nothing' : `${grown.sizeBytes ?? 'an unknown number of'} bytes`;
      throw new Error(`PUT ${temporary}: the server has ${has} of ${writtenBytes} bytes`);
    }
    const headers = { destination: this.#client.urlOf(file), overwrite: 'T' };
    const request = { method: 'MOVE', name: temporary, headers } as const;
    let status = 0;
    for (let moves = 0; moves < movesMax; moves += 1) {
      await this.#make(collections);
      // Apache says 500 where RFC 4918 has 409.
      status = await this.#client.act(request, [200, 201, 204, 404, 409, 500]);
      if (status < 400) return;
      // An answer that was lost, and the same request again: it is not here any more, but there.
      if ((await this.#find(temporary)) !== undefined) continue;
      if ((await this.#find(file))?.sizeBytes === writtenBytes) return;
      break;
    }
    throw new Error(`MOVE ${temporary}: the server answers ${status}`);
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

  async remove(piece: Key): Promise<void> {
    const { collections } = placeOf(piece);
    const name = `${collections.at(-1) ?? ''}/`;
    const status = await this.#client.act({ method: 'DELETE', name }, [200, 204, 404]);
    if (status === 404) await this.#assertBase();
  }

  async probe(): Promise<void> {
    await this.#assertBase();
  }

  async clear(): Promise<void> {
    const untilMs = this.#clock.wallMs() - abandonedMs;
    for (const found of (await this.#client.properties(`${temporaries}/`, '1')) ?? []) {
      const changedMs = Date.parse(found.text('getlastmodified'));
      const [, own] = /\/([\dA-Fa-f-]{36})$/.exec(found.text('href')) ?? [];
      if (own === undefined || toldOf(found)?.isCollection !== false) continue;
      if (!(changedMs < untilMs)) continue;
      await this.#client.act({ method: 'DELETE', name: `${temporaries}/${own}` }, [200, 204, 404]);
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /**
   * Below a url that is not there, nothing is. Looked at anew each time: it may have gone since.
   *
   * @throws Error then, or when it may not be looked at.
   */
  async #assertBase(): Promise<void> {
    const [found] = (await this.#client.properties('', '0')) ?? [];
    if (found === undefined) throw new Error('there is nothing at the url of the remote');
    if (toldOf(found)?.isCollection !== true) {
      throw new Error('the url of the remote is no collection');
    }
  }
}

/** Where a piece is, and the collections that it is in, from the outermost on. */
function placeOf(piece: Key): { readonly file: string; readonly collections: readonly string[] } {
  const name = encodedName(encodeText(keyFile(piece)));
  const [first = '', second = ''] = hashDirectoryLower(piece, nativeMd5).split('/');
  const outer = `${first}/${second}`;
  return { file: `${outer}/${name}/${name}`, collections: [first, outer, `${outer}/${name}`] };
}

/** What a server tells of something with success; `undefined` where it tells nothing. */
function toldOf(
  found: XmlAnswer,
): { readonly isCollection: boolean; readonly sizeBytes: number | undefined } | undefined {
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
