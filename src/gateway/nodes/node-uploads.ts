import type { Clock } from '../../clock/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import type { ProbeKind, StorageNode } from '../../nodes/index.ts';
import type { LocationChange } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { doubtGivenUp, noted } from '../intents/index.ts';
import type { Intent, IntentNotes } from '../intents/index.ts';
import { ClientBody } from '../uploads/client-body.ts';
import { RightOfWay } from '../uploads/right-of-way.ts';
import type { GatewayLimits } from '../limits.ts';
import type { NodeFailures } from './watch/watched-stream.ts';
import type { NodeWatch } from './watch/node-watch.ts';
import type { OpenedUpload, Stored } from './outcomes.ts';
import { watchedDeposit } from './watch/watched-deposit.ts';
import {
  abandonQuietly,
  receive,
  type Received,
  type Receiver,
  type Upload,
} from '../uploads/upload.ts';

/** How a question to a node is asked, and what becomes of an answer that comes too late. */
export interface NodeAskOptions<T> {
  /** Whether the node is changed by it. Default: `question`. */
  readonly kind?: ProbeKind;
  /** The call goes on with what the node has begun, and so is asked in any case. Default: false. */
  readonly isBegun?: boolean;
  /** How long the answer is waited for, milliseconds. Default: the gateway's limit for an answer. */
  readonly limitMs?: number;
  /** Gives back what comes after that time. Default: it is dropped. */
  readonly late?: (value: T) => Promise<void>;
  /** When aborted, nobody waits for the answer, and that is no fault of the node. Default: never. */
  readonly signal?: AbortSignal;
}

/** What storing an upload needs of the gateway's dealings with nodes. */
export interface NodeDealings {
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly intents: IntentNotes;
  readonly failures: NodeFailures;
  readonly watch: NodeWatch;
  /** Asks a node something, within the time that a node may take. */
  ask<T>(
    node: StorageNode,
    question: () => T | Promise<T>,
    options?: NodeAskOptions<T>,
  ): Promise<T>;
  /** Does something to a node and key when nothing else is done to them. */
  inTurn<T>(node: StorageNode, key: Key, act: () => Promise<T>): Promise<T>;
  /** Writes into the location log whether a node has a key. */
  note(node: StorageNode, change: Omit<LocationChange, 'repository'>): Promise<void>;
  /** Logs that a node has a key, if it does; whether it does. */
  noteHeld(node: StorageNode, key: Key): Promise<boolean>;
  /** Tells that a node did not do something with a content. */
  tell(node: { readonly name: string }, act: string, key: Key, error: unknown): void;
  /** Keys that are recorded to have a key's content. */
  equivalents(key: Key): Promise<readonly Key[]>;
}

/**
 * Uploads on their way to nodes: `open` asks each node to take one, `store` receives it on those that do, and commits
 * it there; `abandon` gives up what was opened in vain.
 */
export class NodeUploads {
  readonly #dealings: NodeDealings;
  /** Who of several uploads of a key goes first. */
  readonly way: RightOfWay;
  /** How many are under way. */
  #count = 0;

  constructor(dealings: NodeDealings) {
    this.#dealings = dealings;
    this.way = new RightOfWay(dealings.limits, dealings.clock);
  }

  /**
   * Opens a deposit on each node. One that cannot be asked, or is busy with the same key for too
   * long, has failed.
   */
  async open(nodes: readonly StorageNode[], upload: Upload): Promise<OpenedUpload> {
    const receivers: Receiver[] = [];
    const holders: StorageNode[] = [];
    const failed = new Map<StorageNode, unknown>();
    const source = {};
    await Promise.all(
      nodes.map(async (node) => {
        try {
          this.#dealings.intents.assertKnown(node);
          const options = {
            sizeBytes: upload.offsetBytes + upload.lengthBytes,
            waitMs: this.#dealings.limits.sameKeyWaitMs,
            signal: upload.signal,
            taken: upload.taken,
            source,
          };
          const asked = this.#dealings.ask(node, () => node.put(upload.key, options), {
            kind: 'change',
            limitMs: this.#dealings.limits.sameKeyWaitMs + this.#dealings.limits.nodeAnswerMs,
            signal: upload.signal,
            late: async (late) => {
              if (late !== 'present') await late.abandon('keep');
            },
          });
          const { body } = upload;
          const subject = `${node.uuid} ${serializeKey(upload.key)}`;
          const isClient = body instanceof ClientBody;
          const deposit = await (isClient ? this.way.waiting(subject, body, asked) : asked);
          if (deposit === 'present') holders.push(node);
          else {
            const receiver = { node, deposit: watchedDeposit(node, deposit, this.#dealings.watch) };
            const leave = isClient ? { leave: this.way.hold(subject, body) } : {};
            receivers.push({ ...receiver, ...leave });
          }
        } catch (error) {
          failed.set(node, error);
          // A client that is gone is nobody's trouble.
          if (upload.signal.aborted) return;
          this.#dealings.tell(node, 'takes no', upload.key, error);
        }
      }),
    );
    return { receivers, holders, failed };
  }

  /**
   * Receives an upload on the opened nodes, commits it where it arrived whole and right, and logs
   * that.
   */
  async store(upload: Upload, { receivers, holders }: OpenedUpload): Promise<Stored> {
    const stored = new Set<Uuid>();
    const failed = new Map<StorageNode, unknown>();
    const tried = async (node: StorageNode, act: () => Promise<boolean>): Promise<void> => {
      try {
        if (await act()) stored.add(node.uuid);
      } catch (error) {
        failed.set(node, error);
        this.#dealings.tell(node, 'did not store', upload.key, error);
      }
    };
    await Promise.all(
      holders.map((node) => tried(node, () => this.#dealings.noteHeld(node, upload.key))),
    );
    try {
      if (receivers.length > 0) {
        for (const [node, error] of await this.#storeOn(upload, receivers, tried)) {
          failed.set(node, error);
        }
      }
    } finally {
      for (const { leave } of receivers) leave?.();
    }
    return { holders: [...stored], failed };
  }

  /**
   * What is to be stored where is noted while the content arrives.
   *
   * @returns the nodes that were lost before anything was committed there, with the reason.
   */
  async #storeOn(
    upload: Upload,
    receivers: readonly Receiver[],
    tried: (node: StorageNode, act: () => Promise<boolean>) => Promise<void>,
  ): Promise<Received['lost']> {
    const { key } = upload;
    const note = (node: StorageNode): Intent =>
      this.#dealings.intents.note({ act: 'store', key, node: node.uuid });
    const unused = new Map(receivers.map(({ node }) => [node, note(node)]));
    try {
      const received = await this.#receive(upload, receivers);
      upload.judged?.(received.outcome);
      this.#warnOfLost(key, received);
      const commits = received.receivers.map((receiver) => {
        const { node } = receiver;
        const intent = unused.get(node) ?? note(node);
        unused.delete(node);
        return tried(node, () => this.#commit(key, receiver, intent));
      });
      await Promise.all(commits);
      return received.lost;
    } finally {
      for (const intent of unused.values()) intent.forget();
    }
  }

  /** Gives up deposits that will not be used. */
  async abandon(receivers: readonly Receiver[]): Promise<void> {
    await Promise.all(
      receivers.map((receiver) => abandonQuietly(receiver, 'keep', this.#dealings)),
    );
    for (const { leave } of receivers) leave?.();
  }

  /** Uploads under way share the memory that there is for them. */
  async #receive(upload: Upload, receivers: readonly Receiver[]): Promise<Received> {
    this.#count += 1;
    try {
      const { uploadWindowBytes, uploadWindowBytesMin, uploadsBytesMax } = this.#dealings.limits;
      const share = Math.max(uploadWindowBytesMin, uploadsBytesMax / this.#count);
      const limits = {
        ...this.#dealings.limits,
        uploadWindowBytes: Math.min(uploadWindowBytes, share),
      };
      const equivalents = await this.#equivalents(upload.key, receivers);
      return await receive({ ...upload, equivalents }, receivers, {
        limits,
        clock: this.#dealings.clock,
      });
    } finally {
      this.#count -= 1;
    }
  }

  async #equivalents(key: Key, receivers: readonly Receiver[]): Promise<readonly Key[]> {
    try {
      return await this.#dealings.equivalents(key);
    } catch (error) {
      await this.abandon(receivers);
      throw error;
    }
  }

  #commit(key: Key, receiver: Receiver, intent: Intent): Promise<boolean> {
    const { node, deposit } = receiver;
    const commit = async (): Promise<boolean> => {
      try {
        await intent.durable;
        await deposit.commit();
      } catch (error) {
        intent.doubt();
        await abandonQuietly(receiver, 'keep', this.#dealings);
        throw error;
      }
      return await noted(intent, async () => {
        await this.#dealings.note(node, { key, isPresent: true });
        return true;
      });
    };
    const options = {
      kind: 'change',
      isBegun: true,
      limitMs: this.#dealings.limits.nodeCommitMs,
    } as const;
    return doubtGivenUp(
      intent,
      this.#dealings.ask(node, () => this.#dealings.inTurn(node, key, commit), options),
    );
  }

  #warnOfLost(key: Key, { lost }: Received): void {
    for (const [node, error] of lost) {
      this.#dealings.failures.note(node, error);
      this.#dealings.tell(node, 'lost its copy, under way, of', key, error);
    }
  }
}
