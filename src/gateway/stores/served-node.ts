import type { Key } from '../../key/index.ts';
import {
  NodeUnavailableError,
  type ContentLock,
  type RemoveOptions,
  type StorageNode,
} from '../../nodes/index.ts';
import { inTurns } from '../uploads/in-turns.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import type { Reservation } from '../placing/reservations.ts';
import { directNode, type DirectNodes } from './direct-nodes.ts';
import type {
  PutOffsetReply,
  RemovedReply,
  ServedContent,
  ServedStore,
  StoredReply,
} from './served-store.ts';
import type { Upload } from '../uploads/upload.ts';

/**
 * One node served under its own UUID, as if the client had asked it: a proxied node, or the
 * gateway's own repository (spec/cluster-and-proxy.md section 2).
 */
export class ServedNode implements ServedStore {
  readonly direct: DirectNodes;
  readonly #node: StorageNode;
  readonly #work: NodeWork;
  readonly #reserve: (key: Key) => Reservation;

  /** @param reserve takes room for a key on the node while it is stored there. */
  constructor(node: StorageNode, work: NodeWork, reserve: (key: Key) => Reservation) {
    this.#node = node;
    this.#work = work;
    this.#reserve = reserve;
    this.direct = directNode(node, work);
  }

  checkPresent(key: Key): Promise<boolean> {
    return this.#work.ask(this.#node, () => this.#node.has(key));
  }

  async get(key: Key, fromByte: number): Promise<ServedContent | undefined> {
    const content = await this.#work.ask(this.#node, () => this.#node.get(key, fromByte), {
      late: async (late) => await late?.stream.close(),
    });
    return content && watchedContent(this.#node, content, this.#work);
  }

  put(upload: Upload): Promise<StoredReply> {
    return inTurns(upload, this.#work.uploads.way, (rest) => this.#put(rest));
  }

  async #put(upload: Upload): Promise<StoredReply> {
    const opened = await this.#work.uploads.open([this.#node], upload);
    const failure = opened.failed.get(this.#node);
    if (failure instanceof NodeUnavailableError) throw failure;
    const reservation = this.#reserve(upload.key);
    try {
      const { holders } = await this.#work.uploads.store(upload, opened);
      return storedReply(holders.length > 0);
    } finally {
      reservation.end();
    }
  }

  async confirmPresent(key: Key): Promise<StoredReply> {
    return storedReply(await this.#work.noteHeld(this.#node, key));
  }

  async putOffset(key: Key): Promise<PutOffsetReply> {
    if (await this.checkPresent(key)) return { kind: 'alreadyHave', alsoIn: [] };
    const offsetBytes = await this.#work.ask(this.#node, () => this.#node.offsetBytes(key));
    return { kind: 'putFrom', offsetBytes };
  }

  async remove(key: Key, options: RemoveOptions): Promise<RemovedReply> {
    return removedReply(await this.#work.remove(this.#node, key, options));
  }

  timestampSeconds(): Promise<number> {
    return this.#work.ask(this.#node, () => this.#node.clockSeconds());
  }

  lock(key: Key): Promise<ContentLock | undefined> {
    return this.#work.ask(this.#node, () => this.#node.lock(key), {
      kind: 'change',
      late: async (lock) => await lock?.release(),
    });
  }
}

function storedReply(isStored: boolean): StoredReply {
  return { kind: 'stored', isStored, alsoIn: [] };
}

function removedReply(removal: string): RemovedReply {
  return { kind: 'removed', isRemoved: removal === 'removed' || removal === 'absent', alsoIn: [] };
}
