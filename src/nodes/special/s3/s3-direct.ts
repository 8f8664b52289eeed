import type { Clock } from '../../../clock/index.ts';
import { parseKey, serializeKey, type Key } from '../../../key/index.ts';
import type { DirectReading, DirectRequest } from '../../direct-access.ts';
import type { FoundSent, PieceDeposit, PieceDirect, StoredPiece } from '../pieces/piece-store.ts';
import type { S3Client } from './s3-client.ts';
import type { S3Objects } from './s3-objects.ts';

/** Below the prefix of a remote, what is no content: the name of no key begins so. */
const beside = '.ballast-pending/';
/** Where clients send to. */
const sentTo = `${beside}sent/`;

/** The most that a PUT brings, and that a server copies by one request: 5 GiB ("Amazon S3 object limits"). */
const requestBytesMax = 5 * 1024 ** 3;

/** What lies beside the contents for so long is given up. A url is good for at most half of it. */
const abandonedMs = 24 * 60 * 60 * 1000;
/** How often it is looked for, while urls are made. */
const clearMs = 60 * 60 * 1000;
/** How many objects a client waits for then. */
const clearedAtOnceMax = 50;
/** How many lists of them are read at once: what is behind them waits for the next time. */
const listsMax = 100;

/** Of an object: its bytes, once they were taken. */
const octets = { 'content-type': 'application/octet-stream' };

/**
 * What clients send straight to a bucket, and get from it, by presigned urls (spec/special-remotes.md section 5).
 *
 * 1. A client sends a content for KEY to `<fileprefix>.ballast-pending/sent/KEY`, where nobody looks for contents. Its
 *    length is signed, and of SHA256 keys the checksum, so that a server that knows checksums refuses other bytes at once.
 * 2. `take` has the server copy it to `.ballast-pending/<random>/KEY`, for which nobody has a url: from then on it stays
 *    what it is, whatever is sent again. What decides is neither an ETag, which is an MD5 at best, nor a condition of
 *    the copy, which some servers pass over.
 * 3. Who took it reads and hashes all of it. That the server has checked a sum is not enough: many ignore it.
 * 4. As a deposit it is written to by nothing but its length; to commit it is to copy it once more, to KEY.
 * 5. Both others are removed. What a crash leaves of them is removed a day later, by a start or by the next url.
 */
export class S3Direct implements PieceDirect {
  readonly #client: S3Client;
  readonly #objects: S3Objects;
  readonly #clock: Clock;
  #clearedMs: number | undefined;

  constructor(client: S3Client, objects: S3Objects, clock: Clock) {
    this.#client = client;
    this.#objects = objects;
    this.#clock = clock;
  }

  readonly sizeBytesMax: number = requestBytesMax;

  get refusal(): S3Client['presignRefusal'] {
    return this.#client.presignRefusal;
  }

  async offer(piece: Key, sizeBytes: number, lifeSeconds: number): Promise<DirectRequest> {
    await this.#objects.probe();
    await this.#clearSometimes();
    const headers = { 'content-length': `${sizeBytes}`, ...checksumOf(piece) };
    const object = this.#objects.nameOf(`${sentTo}${serializeKey(piece)}`);
    const url = this.#client.presigned({ method: 'PUT', object, headers }, lifeSeconds);
    return { kind: 'request', method: 'PUT', url, headers, lifeSeconds };
  }

  async take(piece: Key, sizeBytes: number): Promise<FoundSent> {
    if (this.refusal !== undefined) return { kind: 'nothing' };
    const name = serializeKey(piece);
    const sent = `${sentTo}${name}`;
    const found = await this.#objects.look(sent);
    if (found === undefined) return { kind: 'nothing' };
    if (found.sizeBytes !== sizeBytes) {
      await this.#objects.remove(sent);
      return { kind: 'otherSize', sizeBytes: found.sizeBytes };
    }
    const taken = `${beside}${this.#clock.uuid()}/${name}`;
    await this.#objects.copyBeside(sent, taken);
    return new TakenObject(this.#objects, { sent, taken });
  }

  async read(
    piece: Key,
    sizeBytes: number | undefined,
    { method, lifeSeconds, contentDisposition }: DirectReading,
  ): Promise<DirectRequest | undefined> {
    if (this.refusal !== undefined) return undefined;
    const name = serializeKey(piece);
    const found = await this.#objects.look(name);
    const isOther = sizeBytes !== undefined && found?.sizeBytes !== sizeBytes;
    if (found === undefined || isOther) return undefined;
    const query = [
      ['response-content-disposition', contentDisposition],
      ['response-content-type', octets['content-type']],
    ] as const;
    const object = this.#objects.nameOf(name);
    const url = this.#client.presigned({ method, object, query }, lifeSeconds);
    return { kind: 'request', method, url, headers: {}, lifeSeconds };
  }

  /** What a taken content is stored by, of this store's own; `undefined` for any other. */
  deposit(taken: unknown, piece: Key): PieceDeposit | undefined {
    if (!(taken instanceof TakenObject)) return undefined;
    return taken.deposit(this.#objects, serializeKey(piece));
  }

  /** What cannot be cleared hinders no upload, and a start has told of it. */
  async #clearSometimes(): Promise<void> {
    const nowMs = this.#clock.steadyMs();
    if (this.#clearedMs !== undefined && nowMs - this.#clearedMs < clearMs) return;
    this.#clearedMs = nowMs;
    await this.clear(clearedAtOnceMax).catch(() => undefined);
  }

  /** Removes what was sent, or taken, and left, at most so many objects. */
  async clear(countMax: number = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.refusal !== undefined) return;
    let count = 0;
    const untilMs = this.#clock.wallMs() - abandonedMs;
    const prefix = this.#objects.nameOf('');
    let more = '';
    for (let lists = 0; lists < listsMax; lists += 1) {
      const query: (readonly [string, string])[] = [
        ['list-type', '2'],
        ['prefix', `${prefix}${beside}`],
        ...(more === '' ? [] : ([['continuation-token', more]] as const)),
      ];
      const answer = await this.#client.ask({ method: 'GET', query });
      for (const one of answer.all('Contents')) {
        const name = one.text('Key').slice(prefix.length);
        const isOurs = parseKey(name.split('/').slice(2).join('/')) !== undefined;
        const isOld = Date.parse(one.text('LastModified')) < untilMs;
        if (!isOurs || !isOld) continue;
        if (count >= countMax) return;
        count += 1;
        await this.#objects.remove(name);
      }
      more = answer.text('NextContinuationToken');
      if (more === '') return;
    }
  }
}

/** What the server is to check: of SHA256 keys, their hash. */
function checksumOf({ backend, name }: Key): Readonly<Record<string, string>> {
  const hash = /^SHA256E?$/.test(backend) ? /^[0-9a-f]{64}(?=$|\.)/.exec(name)?.[0] : undefined;
  if (hash === undefined) return {};
  return { 'x-amz-checksum-sha256': Buffer.from(hash, 'hex').toString('base64') };
}

/** An object that was sent, and the copy of it that nobody has a url of. */
class TakenObject {
  readonly kind = 'taken';
  readonly #objects: S3Objects;
  readonly #names: { readonly sent: string; readonly taken: string };
  #isLeft = false;

  constructor(objects: S3Objects, names: { readonly sent: string; readonly taken: string }) {
    this.#objects = objects;
    this.#names = names;
  }

  read(): Promise<StoredPiece | undefined> {
    return this.#objects.get(this.#names.taken, 0);
  }

  async leave(sent: 'keep' | 'remove'): Promise<void> {
    if (this.#isLeft) return;
    this.#isLeft = true;
    await this.#objects.remove(this.#names.taken);
    if (sent === 'remove') await this.#objects.remove(this.#names.sent);
  }

  deposit(objects: S3Objects, name: string): PieceDeposit | undefined {
    if (objects !== this.#objects) return undefined;
    let writtenBytes = 0;
    return {
      write: (bytes) => {
        writtenBytes += bytes.length;
        return Promise.resolve();
      },
      commit: () => this.#objects.place(this.#names.taken, name, writtenBytes),
      abandon: () => Promise.resolve(),
    };
  }
}
