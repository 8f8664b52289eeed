import type { Clock } from '../../../clock/index.ts';
import { Readable } from 'node:stream';
import { namesItsContent, type Key } from '../../../key/index.ts';
import {
  decodeContentHead,
  decodeReply,
  encodeRequest,
  protocolVersions,
  type HttpCall,
  type ProtocolVersion,
  type Reply,
  type Request,
  keepLockedPieces,
  type RequestOf,
} from '../../../protocol/index.ts';
import { machineClock } from '../../../repository/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { AnnexUrl } from './annex-url.ts';
import { noCredentials, type Credentials } from './credentials.ts';
import { HttpLock } from './http-lock.ts';
import { HttpTransport, lost, type HttpResponse, type SendOptions } from './http-transport.ts';
import { canForget, forgetTriesMax, refuseSpoiled, spoilingBytes } from '../kept-part.ts';
import { HttpUpload } from './http-upload.ts';
import {
  PeerError,
  replyOf,
  type AskOptions,
  type PeerConnection,
  type PeerLock,
  type PeerUpload,
  type PeerQuestion,
} from '../peer-connection.ts';
import { defaultPeerLimits, type PeerBounds, type PeerLimits } from '../peer-limits.ts';
import { VersionMemory } from '../version-memory.ts';

/** Who asks whom. */
export interface PeerNames {
  /** The repository that is asked. */
  readonly server: Uuid;
  /** The name that the peer knows us by, a repository's UUID. */
  readonly client: Uuid;
  /** Gateways that the request has passed already, which the peer shall not go through. */
  readonly bypass?: readonly Uuid[];
}

/** Where an {@link HttpPeer} is, and who asks it. */
export interface HttpPeerOptions extends PeerNames {
  readonly url: AnnexUrl;
  readonly credentials?: Credentials;
  readonly limits?: Partial<PeerLimits>;
  /** Default: that of this machine. */
  readonly clock?: Clock | undefined;
}

/**
 * A peer that serves `/git-annex/`, as `git annex p2phttp` and ballast do. Asks in the newest
 * version and, where that is not found, in the next older one (spec/p2p-http.md section 6); {@link
 * VersionMemory} says for how long that is remembered.
 */
export class HttpPeer implements PeerConnection {
  readonly #names: PeerNames;
  readonly #limits: PeerBounds;
  readonly #transport: HttpTransport;
  readonly #versions: VersionMemory;
  readonly #locks = new Set<HttpLock>();
  #locking = 0;

  constructor(options: HttpPeerOptions) {
    this.#names = options;
    this.#limits = {
      ...defaultPeerLimits,
      ...options.limits,
      clock: options.clock ?? machineClock,
    };
    this.#versions = new VersionMemory(this.#limits.versionMemoryMs, this.#limits.clock);
    const credentials = options.credentials ?? noCredentials;
    this.#transport = new HttpTransport(options.url, credentials, this.#limits);
  }

  ask(question: PeerQuestion, options: AskOptions = {}): Promise<Reply> {
    return this.#ask(question, options);
  }

  async get(key: Key, fromByte: number): Promise<ByteStream & { readonly lengthBytes: number }> {
    const request: Request = { verb: 'get', key, offsetBytes: fromByte, associatedFile: undefined };
    const { response } = await this.#inTime(undefined, (options) =>
      this.#found(request, { ...options, isRepeatable: true }),
    );
    const head = decodeContentHead(response.status, response.header('X-git-annex-data-length'));
    if (head.kind === 'content') return contentOf(response, head.lengthBytes);
    response.close();
    throw refused(head.status, head.text);
  }

  async put(key: Key, sizeBytes: number): Promise<PeerUpload | 'present'> {
    const keptBytes = await this.#keptBytes(key);
    if (keptBytes === 'present') return 'present';
    // Without a hash the peer could not find that what it kept is of another content, nor, without a
    // size, that the end of it is left.
    const offsetBytes = namesItsContent(key) ? keptBytes : 0;
    if (offsetBytes < keptBytes && keptBytes > sizeBytes) {
      throw new PeerError('it keeps more of an interrupted upload than the content is long');
    }
    const lengthBytes = Math.max(0, sizeBytes - offsetBytes);
    const request = putRequest(key, offsetBytes, lengthBytes);
    return new HttpUpload({ offsetBytes, lengthBytes }, this.#limits, (body) =>
      this.#put(request, body),
    );
  }

  async lock(key: Key): Promise<PeerLock | undefined> {
    // A `keeplocked` that waits for a connection keeps nothing.
    if (this.#locks.size + this.#locking >= this.#limits.locksMax) {
      throw new PeerError(`${this.#limits.locksMax} locks are held on it already`);
    }
    this.#locking += 1;
    try {
      return await this.#lock(key);
    } finally {
      this.#locking -= 1;
    }
  }

  async #lock(key: Key): Promise<PeerLock | undefined> {
    const reply = await this.#ask({ verb: 'lockContent', key });
    if (reply.kind === 'notLocked') return undefined;
    const { lockId } = replyOf(reply, 'locked');
    const lockAgain = async (): Promise<string | undefined> => {
      const again = await this.#ask({ verb: 'lockContent', key });
      return again.kind === 'notLocked' ? undefined : replyOf(again, 'locked').lockId;
    };
    const lock = new HttpLock({
      lockId,
      send: (body) => this.#keepLocked(lockId, body),
      lockAgain,
      unlock: async (lockId) => {
        const body = Readable.from([keepLockedPieces.unlock]);
        await (await this.#keepLocked(lockId, body)).text();
      },
      limits: this.#limits,
    });
    this.#locks.add(lock);
    const end = (): void => void this.#locks.delete(lock);
    lock.ended.then(end, end);
    return lock;
  }

  #keepLocked(lockId: string, body: Readable): Promise<HttpResponse> {
    const call = this.#call({ verb: 'keepLocked', lockId }, this.#versions.current);
    if (call === undefined) return Promise.reject(new PeerError('a lock cannot be kept'));
    return this.#transport.send(call, { body, headMs: 0, isLock: true });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#locks].map((lock) => lock.leave()));
    await this.#transport.close();
  }

  /** What the peer keeps of an earlier upload after it was made to forget, as far as it can be. */
  async #keptBytes(key: Key): Promise<number | 'present'> {
    for (let tries = 0; ; tries += 1) {
      const keptBytes = await this.#putOffset(key);
      const isLast = tries === forgetTriesMax || !canForget(key);
      if (keptBytes === 'present' || keptBytes === 0 || isLast) return keptBytes;
      const request = putRequest(key, keptBytes, spoilingBytes(key, keptBytes));
      const body = Readable.from([new Uint8Array(request.lengthBytes)]);
      refuseSpoiled(key, await this.#put(request, body));
    }
  }

  /** Where an upload is to begin. Version 0 cannot be asked, and there it begins anew. */
  async #putOffset(key: Key): Promise<number | 'present'> {
    try {
      const reply = await this.#ask({ verb: 'putOffset', key });
      return reply.kind === 'alreadyHave' ? 'present' : replyOf(reply, 'putFrom').offsetBytes;
    } catch (error) {
      if (!(error instanceof PeerError) || error.data.status !== 404) throw error;
    }
    const { isPresent } = replyOf(await this.#ask({ verb: 'checkPresent', key }), 'present');
    return isPresent ? 'present' : 0;
  }

  async #put(request: Request, body: Readable): Promise<boolean> {
    const version = this.#versions.current;
    const call = this.#call(request, version);
    if (call === undefined) throw new PeerError(`version ${version} has no put`);
    const response = await this.#transport.send(call, { body, headMs: this.#limits.storeMs });
    if (response.status === 404) this.#versions.forget();
    return replyOf(await readReply(request, version, response), 'stored').isStored;
  }

  async #ask(request: Request, { signal, isProbe = false }: AskOptions = {}): Promise<Reply> {
    const isRepeatable = repeatable.has(request.verb);
    return await this.#inTime(signal, async (options) => {
      const how = { ...options, isRepeatable, isLock: isProbe };
      const { response, version } = await this.#found(request, how);
      return await readReply(request, version, response);
    });
  }

  /** Does something that is aborted when it takes longer than an answer may. */
  async #inTime<T>(
    signal: AbortSignal | undefined,
    act: (options: SendOptions) => Promise<T>,
  ): Promise<T> {
    const { answerMs, clock } = this.#limits;
    const over = new AbortController();
    const timer = clock.after(answerMs, () => {
      over.abort(new PeerError(`no answer within ${answerMs} ms`));
    });
    const signals = signal === undefined ? [over.signal] : [over.signal, signal];
    try {
      return await act({ signal: AbortSignal.any(signals), headMs: answerMs });
    } catch (error) {
      throw lost(error);
    } finally {
      timer.close();
    }
  }

  /** The first answer that is not "not found", from the version to begin with downwards. */
  async #found(
    request: Request,
    options: SendOptions,
  ): Promise<{ readonly response: HttpResponse; readonly version: ProtocolVersion }> {
    const first = this.#versions.current;
    for (const version of protocolVersions.toReversed()) {
      if (version > first) continue;
      const call = this.#call(request, version);
      if (call === undefined) break;
      const response = await this.#transport.send(call, options);
      if (response.status === 200) this.#versions.answered(version);
      if (response.status !== 404) return { response, version };
      response.close();
    }
    this.#versions.forget();
    // A server that was brought up to date may no longer have the version that was remembered.
    if (first !== this.#versions.current) return await this.#found(request, options);
    const what = `no such repository or content, or no ${request.verb}`;
    throw new PeerError(`the server knows ${what}, in any version`, { status: 404 });
  }

  #call(request: Request, version: ProtocolVersion): HttpCall | undefined {
    const { server, client, bypass = [] } = this.#names;
    return encodeRequest(request, { version, server, client, bypass });
  }
}

function putRequest(key: Key, offsetBytes: number, lengthBytes: number): RequestOf<'put'> {
  const part = { offsetBytes, lengthBytes };
  return { verb: 'put', key, ...part, associatedFile: undefined, isDataPresent: false };
}

/** What may be asked twice without anything being done twice. */
const repeatable: ReadonlySet<string> = new Set(['checkPresent', 'putOffset', 'getTimestamp']);

async function readReply(
  request: Request,
  version: ProtocolVersion,
  response: HttpResponse,
): Promise<Reply> {
  const answer = { status: response.status, body: await response.text() };
  const reply = decodeReply(request.verb, answer, version);
  if (reply.kind !== 'problem') return reply;
  throw refused(reply.status, reply.text);
}

function refused(status: number, text: string): PeerError {
  const why = status >= 300 && status < 400 ? 'redirects are not followed' : text;
  return new PeerError(`it answered ${status}${why === '' ? '' : `: ${why}`}`, { status });
}

/** The bytes that were announced, and an error when there are fewer or more. */
function contentOf(
  response: HttpResponse,
  lengthBytes: number,
): ByteStream & { readonly lengthBytes: number } {
  return {
    lengthBytes,
    async *[Symbol.asyncIterator]() {
      let receivedBytes = 0;
      try {
        for await (const piece of response.body) {
          receivedBytes += piece.length;
          if (receivedBytes > lengthBytes) break;
          yield piece;
        }
      } finally {
        response.close();
      }
      if (receivedBytes === lengthBytes) return;
      const what = receivedBytes > lengthBytes ? 'more than' : `${receivedBytes} of`;
      throw new PeerError(`it sent ${what} the ${lengthBytes} bytes that it announced`);
    },
    close: () => {
      response.close();
      return Promise.resolve();
    },
  };
}
