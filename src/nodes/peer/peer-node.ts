import type { Clock, Timer } from '../../clock/index.ts';
import { contentSizeBytes, serializeKey, type Key } from '../../key/index.ts';
import { machineClock, SizeCheck } from '../../repository/index.ts';
import { Turns } from '../../waiting/index.ts';
import type { ByteStream } from '../../stream/index.ts';
import { type Uuid, isErrorCode } from '../../units/index.ts';
import { NodeUnavailableError } from '../errors.ts';
import type {
  ContentLock,
  Deposit,
  PutOptions,
  Removal,
  RemoveOptions,
  StorageNode,
  StoredContent,
} from '../storage-node.ts';
import {
  PeerError,
  replyOf,
  type PeerConnection,
  type PeerLock,
  type PeerUpload,
} from './peer-connection.ts';
import { PeerContents } from './peer-contents.ts';
import { PeerDeposit } from './peer-deposit.ts';
import { Uses } from './uses.ts';

/** No content has this name. */
const probeKey: Key = {
  backend: 'WORM',
  sizeBytes: 0n,
  mtime: undefined,
  chunkSizeBytes: undefined,
  chunkNumber: undefined,
  name: 'ballast-probe',
};

/** How long a lock outlives who relied on it, milliseconds (spec/p2p-http.md section 5). */
const retentionMs = 600_000;

/**
 * A repository of which a peer takes care. The peer verifies and durably stores what it is sent and
 * writes its own location log. What it kept of an interrupted upload it does not hand out, so that
 * nothing can be gone on with from outside: an upload begins at byte 0, and the peer is sent what
 * it lacks.
 */
export class PeerNode implements StorageNode {
  readonly uuid: Uuid;
  readonly name: string;
  /** May change while the node is in use. */
  cost: number;
  readonly #peer: PeerConnection;
  /** The reference server never answers a second upload of a key. */
  readonly #uploads: Turns;
  readonly #uses: Uses;
  readonly #clock: Clock;
  readonly #contents: PeerContents;
  /** Locks that nobody releases, until their time is over. */
  readonly #left = new Set<Timer>();

  constructor(
    peer: PeerConnection,
    as: {
      readonly uuid: Uuid;
      readonly name: string;
      readonly cost: number;
      /** Turns of uploads to the peer, shared by all connections to it. Default: its own. */
      readonly uploads?: Turns | undefined;
      /** What is known of sizes at the peer, shared by all connections to it. Default: its own. */
      readonly sizes?: SizeCheck | undefined;
      /** Default: that of this machine. */
      readonly clock?: Clock | undefined;
    },
  ) {
    this.#clock = as.clock ?? machineClock;
    this.#uses = new Uses(this.#clock);
    this.#uploads = as.uploads ?? new Turns(this.#clock);
    this.#contents = new PeerContents(peer, as.sizes ?? new SizeCheck(() => undefined));
    this.#peer = peer;
    this.uuid = as.uuid;
    this.name = as.name;
    this.cost = as.cost;
  }

  has(key: Key): Promise<boolean> {
    return this.#asked(() => this.#contents.has(key));
  }

  async get(key: Key, fromByte: number): Promise<StoredContent | undefined> {
    // The reference server sends an empty content for an absent key.
    if (!(await this.has(key))) return undefined;
    return await this.#asked(async () => {
      const sizeBytes = fromByte === 0 ? contentSizeBytes(key) : await this.#contents.sizeOf(key);
      const expectedBytes = sizeBytes === undefined ? undefined : Math.max(0, sizeBytes - fromByte);
      const content = await this.#peer.get(key, fromByte);
      const { lengthBytes } = content;
      if (expectedBytes !== undefined && lengthBytes !== expectedBytes) {
        await content.close();
        // It may merely have gone since it was asked for.
        if (await this.#contents.claims(key)) this.#contents.noteSize(key, fromByte + lengthBytes);
        return undefined;
      }
      // It may have gone since it was asked for, and nothing tells that from an empty content.
      if (lengthBytes === 0 && contentSizeBytes(key) === undefined && !(await this.has(key))) {
        await content.close();
        return undefined;
      }
      const stream = untilEnded(content, this.#uses.begin());
      return { sizeBytes: sizeBytes ?? fromByte + lengthBytes, stream };
    });
  }

  /** Nothing of an upload to a peer can be gone on with from outside. */
  offsetBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  async #uploadTurn(key: Key, { waitMs, signal }: PutOptions): Promise<() => void> {
    try {
      return await this.#uploads.take(serializeKey(key), { waitMs, signal });
    } catch (error) {
      if (!isErrorCode(error, 'TURN_TIMEOUT')) throw error;
      throw this.#unavailable(new PeerError('another upload of the key does not end'));
    }
  }

  async put(key: Key, options: PutOptions): Promise<Deposit | 'present'> {
    const leaveTurn = await this.#uploadTurn(key, options);
    const endUse = this.#uses.begin();
    const leave = (): void => {
      endUse();
      leaveTurn();
    };
    try {
      const sizeBytes = contentSizeBytes(key) ?? options.sizeBytes;
      const upload = await this.#asked(() => this.#begin(key, sizeBytes));
      if (upload !== 'present') {
        return new PeerDeposit(upload, sizeBytes, {
          ended: leave,
          forget: () => this.#forget(key, sizeBytes),
          unavailable: (error) => this.#unavailable(error),
        });
      }
    } catch (error) {
      leave();
      throw error;
    }
    leave();
    return 'present';
  }

  async remove(key: Key, { beforeSeconds, signal }: RemoveOptions): Promise<Removal> {
    if (signal.aborted) return 'late';
    return await this.#asked(async () => {
      if (!(await this.#contents.claims(key))) return 'absent';
      const reply = await this.#peer.ask(
        beforeSeconds === undefined
          ? { verb: 'remove', key }
          : { verb: 'removeBefore', key, timestampSeconds: beforeSeconds },
        { signal },
      );
      if (replyOf(reply, 'removed').isRemoved) {
        this.#contents.forget(key);
        return 'removed';
      }
      const isLate = beforeSeconds !== undefined && (await this.clockSeconds()) >= beforeSeconds;
      return isLate ? 'late' : 'locked';
    });
  }

  lock(key: Key): Promise<ContentLock | undefined> {
    return this.#asked(async () => {
      const lock = await this.#peer.lock(key);
      if (lock === undefined) return undefined;
      if (!(await this.#isWorth(lock, key))) return undefined;
      const endUse = this.#uses.begin();
      const release = (): Promise<void> => this.#asked(() => lock.release()).finally(endUse);
      const leave = async (): Promise<void> => {
        this.#releaseLater(release);
        await this.#asked(() => lock.leave());
      };
      const again = lock.renew?.bind(lock);
      const renew = again && { renew: (): Promise<void> => this.#asked(again) };
      return { release, leave, ...renew, broken: lock.broken };
    });
  }

  /** Somebody may drop the last good copy for a lock: one on a file of another size is none. */
  async #isWorth(lock: PeerLock, key: Key): Promise<boolean> {
    let hasSize = false;
    try {
      hasSize = await this.#contents.hasSize(key);
      return hasSize;
    } finally {
      if (!hasSize) await lock.release();
    }
  }

  clockSeconds(): Promise<number> {
    return this.#asked(async () => {
      return replyOf(await this.#peer.ask({ verb: 'getTimestamp' }), 'timestamp').seconds;
    });
  }

  /** A peer tells nothing apart: one that can be asked takes what it is sent, or says why not. */
  async probe(): Promise<void> {
    await this.#asked(() =>
      this.#peer.ask({ verb: 'checkPresent', key: probeKey }, { isProbe: true }),
    );
  }

  /**
   * Closes once nothing has been under way for so long: transfers and locks end as they would, and
   * whoever has the node still can use it.
   */
  async drain(idleMs: number): Promise<void> {
    await this.#uses.idle(idleMs);
    await this.close();
  }

  /** Ends the connections to the peer, and with them what they keep. Harmless more than once. */
  async close(): Promise<void> {
    for (const timer of this.#left) timer.close();
    await this.#peer.close();
  }

  /** A peer may keep more of an earlier upload than there is of the content. */
  async #begin(key: Key, sizeBytes: number): Promise<PeerUpload | 'present'> {
    const upload = await this.#peer.put(key, sizeBytes);
    if (upload === 'present') {
      if (!(await this.#contents.isWrong(key))) return upload;
      const what = `a file of another size for ${serializeKey(key)}, and takes it for the content`;
      throw new PeerError(`it has ${what}; run "git annex fsck" there`);
    }
    if (upload.offsetBytes <= sizeBytes) return upload;
    if (key.sizeBytes === undefined) {
      await upload.abandon();
      throw new PeerError('it keeps more of an interrupted upload than the content is long');
    }
    // By its size the peer finds that it is wrong, and deletes it.
    await upload.finish();
    const second = await this.#peer.put(key, sizeBytes);
    if (second === 'present' || second.offsetBytes <= sizeBytes) return second;
    await second.abandon();
    throw new PeerError('it keeps too much of an interrupted upload');
  }

  /** To begin an upload has the peer forget an earlier one. */
  async #forget(key: Key, sizeBytes: number): Promise<void> {
    const upload = await this.#peer.put(key, sizeBytes);
    if (upload !== 'present') await upload.abandon();
  }

  /**
   * Not every peer keeps a content when the connection of its lock is lost: it is held from here.
   */
  #releaseLater(release: () => Promise<void>): void {
    const timer = this.#clock.after(retentionMs, () => {
      this.#left.delete(timer);
      release().catch(() => undefined);
    });
    timer.unref();
    this.#left.add(timer);
  }

  async #asked<T>(question: () => Promise<T>): Promise<T> {
    const endUse = this.#uses.begin();
    try {
      return await question();
    } catch (error) {
      throw this.#unavailable(error);
    } finally {
      endUse();
    }
  }

  /** What a peer did not answer is not known; mistakes of ours stay what they are. */
  #unavailable(error: unknown): unknown {
    if (!(error instanceof PeerError)) return error;
    return new NodeUnavailableError(this.name, error.message, { cause: error });
  }
}

/** A stream that tells when it has been read or closed. */
function untilEnded(stream: ByteStream, ended: () => void): ByteStream {
  return {
    lengthBytes: stream.lengthBytes,
    async *[Symbol.asyncIterator]() {
      try {
        yield* stream;
      } finally {
        ended();
      }
    },
    close: () => stream.close().finally(ended),
  };
}
