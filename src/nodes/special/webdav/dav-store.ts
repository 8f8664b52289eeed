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
  /** A look at whether the url is there, which all who want to know now share. */
  #base: Promise<void> | undefined;

  constructor(client: DavClient, clock: Pick<Clock, 'uuid' | 'wallMs'>) {
    this.#client = client;
    this.#clock = clock;
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    const { file } = placeOf(piece);
    const [found] = (await this.#client.properties(file, '0')) ?? [];
    if (found === undefined) {
      await this.#assertBase();
      return undefined;
    }
    if (isCollection(found)) throw new Error(`there is a collection in the place of ${file}`);
    const length = found.text('getcontentlength');
    return { sizeBytes: /^\d+$/.test(length) ? Number(length) : undefined };
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const { file: name } = placeOf(piece);
    const headers = partHeaders(fromByte);
    const response = await this.#client.send(
      { method: 'GET', name, headers },
      [200, 206, 404, 416],
    );
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
      moveIntoPlace: () => this.#move(temporary, piece),
    });
  }

  /** Whoever removes the last piece of a collection may remove the collection, too. */
  async #move(temporary: string, piece: Key): Promise<void> {
    const { file, collections } = placeOf(piece);
    const headers = { destination: this.#client.urlOf(file), overwrite: 'T' };
    const request = { method: 'MOVE', name: temporary, headers } as const;
    for (let moves = 1; moves < movesMax; moves += 1) {
      await this.#make(collections);
      const status = await this.#client.act(request, [200, 201, 204, 404, 409, 500]);
      // Apache says 500 where RFC 4918 says 409.
      if (status < 400) return;
    }
    await this.#client.act(request, [200, 201, 204]);
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
    if (found !== undefined && isCollection(found)) return;
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
      if (own === undefined || isCollection(found) || !(changedMs < untilMs)) continue;
      await this.#client.act({ method: 'DELETE', name: `${temporaries}/${own}` }, [200, 204, 404]);
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /**
   * Below a url that is not there, nothing is.
   *
   * @throws Error then, or when it may not be looked at.
   */
  #assertBase(): Promise<void> {
    this.#base ??= this.#lookAtBase().finally(() => {
      this.#base = undefined;
    });
    return this.#base;
  }

  async #lookAtBase(): Promise<void> {
    const [found] = (await this.#client.properties('', '0')) ?? [];
    if (found === undefined) throw new Error('there is nothing at the url of the remote');
    if (!isCollection(found)) throw new Error('the url of the remote is no collection');
  }
}

/** Where a piece is, and the collections that it is in, from the outermost on. */
function placeOf(piece: Key): { readonly file: string; readonly collections: readonly string[] } {
  const name = encodedName(encodeText(keyFile(piece)));
  const [first = '', second = ''] = hashDirectoryLower(piece, nativeMd5).split('/');
  const outer = `${first}/${second}`;
  return { file: `${outer}/${name}/${name}`, collections: [first, outer, `${outer}/${name}`] };
}

function isCollection(found: XmlAnswer): boolean {
  return found.all('resourcetype').some((type) => type.all('collection').length > 0);
}
