import { serializeKey, type Key } from '../../key/index.ts';
import type { ProbeKind, Removal, RemoveOptions, StorageNode } from '../../nodes/index.ts';
import { Turns } from '../../waiting/index.ts';
import type { Uuid } from '../../units/index.ts';
import { doubtGivenUp, noNotes, noted } from '../intents/index.ts';
import type { IntendedAct, Intent, IntentNotes } from '../intents/index.ts';
import { ClientBody } from '../uploads/client-body.ts';
import { RightOfWay } from '../uploads/right-of-way.ts';
import type { GatewayLimits } from '../limits.ts';
import { NodeFailures } from './node-failures.ts';
import { NodeSuspectedError, NodeWatch } from './node-watch.ts';
import type { Opened, Stored } from './outcomes.ts';
import type { LocationChange, RecordLocation } from './record-location.ts';
import { settleAt } from './settle-at.ts';
import { SparingWarn } from './sparing-warn.ts';
import { watchedDeposit } from './watched-deposit.ts';
import type { Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import {
  abandonQuietly,
  receive,
  type Received,
  type Receiver,
  type Upload,
} from '../uploads/upload.ts';

export type { LocationChange } from './record-location.ts';
export type { Warn } from '../notices/warn.ts';

/**
 * The gateway's dealings with nodes. An act on a node and its line in the location log are one turn
 * for each node and key, so that the log's last word is always about the last act. A turn that
 * takes longer than its asker waits goes on and is logged all the same.
 */
export class NodeWork {
  readonly limits: GatewayLimits;
  readonly warn: Warn;
  readonly #sparing: SparingWarn;
  readonly #record: RecordLocation;
  readonly #turns = new Turns();
  readonly failures: NodeFailures = new NodeFailures();
  /** Which nodes answer. */
  readonly watch: NodeWatch;
  /** Who of several uploads of a key goes first. */
  readonly way: RightOfWay;
  #uploads = 0;

  readonly #equivalentsOf: (key: Key) => Promise<readonly Key[]>;
  readonly #intents: IntentNotes;

  constructor(options: {
    limits: GatewayLimits;
    record: RecordLocation;
    /** Keys that are recorded to have a key's content. Default: none. */
    equivalents?: (key: Key) => Promise<readonly Key[]>;
    /** Where acts are noted before they are begun. Default: nowhere. */
    intents?: IntentNotes;
    warn: Warn;
    /** Told of nodes that do not answer. Default: nobody is. */
    notices?: Notices;
  }) {
    this.limits = options.limits;
    this.way = new RightOfWay(options.limits);
    // That a node does not answer is told once, and not for each key.
    this.warn = (message, error): void => {
      if (!(error instanceof NodeSuspectedError)) options.warn(message, error);
    };
    this.#sparing = new SparingWarn(this.warn);
    this.watch = new NodeWatch(options.limits, options.notices);
    this.#record = options.record;
    this.#intents = options.intents ?? noNotes;
    this.#equivalentsOf = options.equivalents ?? (() => Promise.resolve([]));
  }

  /**
   * Asks a node something, within the time that a node may take. One that is known not to answer is
   * not asked.
   *
   * @param options.kind whether the node is changed by it. Default: `question`.
   * @param options.isBegun it goes on with what the node has begun, and so is asked in any case.
   * @param options.late gives back what comes after that time.
   * @param options.signal when aborted, nobody waits for the answer, and that is no fault of the
   * node.
   */
  ask<T>(
    node: StorageNode,
    question: () => T | Promise<T>,
    options: {
      readonly kind?: ProbeKind;
      readonly isBegun?: boolean;
      readonly limitMs?: number;
      readonly late?: (value: T) => Promise<void>;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<T> {
    const { kind = 'question', limitMs = this.limits.nodeAnswerMs, late, signal } = options;
    const suspected = options.isBegun === true ? undefined : this.watch.suspected(node, kind);
    if (suspected !== undefined) return Promise.reject(suspected);
    const asked = question();
    if (!(asked instanceof Promise)) return Promise.resolve(asked);
    return this.watch.answer(node, kind, asked, { limitMs, late }).catch((failure: unknown) => {
      if (signal?.aborted !== true) this.failures.note(node, failure);
      throw failure;
    });
  }

  /** Logs that a node has a key, if it does; whether it does. */
  noteHeld(node: StorageNode, key: Key): Promise<boolean> {
    return this.ask(node, () =>
      this.#turn(node, key, async () => {
        const isPresent = await node.has(key);
        if (isPresent) await this.#note(node, { key, isPresent });
        return isPresent;
      }),
    );
  }

  /** See `settleAt`. What this process has under way there is waited for. */
  settle(node: StorageNode, key: Key, pending?: IntendedAct['act']): Promise<boolean> {
    const settle = (): Promise<boolean> =>
      settleAt(node, { key, pending }, (change) => this.#note(node, change));
    const kind = node.settle === undefined ? 'question' : 'change';
    return this.ask(node, () => this.#turn(node, key, settle), { kind });
  }

  /**
   * Removes a key from a node and logs that it is not there, also when it never was. A removal that
   * nobody waits for any more is not begun: the content may have been locked meanwhile. One that
   * was done is logged however late.
   */
  async remove(node: StorageNode, key: Key, options: RemoveOptions): Promise<Removal> {
    this.#intents.assertKnown(node);
    const unanswered = new AbortController();
    const signal = AbortSignal.any([options.signal, unanswered.signal]);
    const remove = async (): Promise<Removal> => {
      if (signal.aborted) return 'late';
      const intent = this.#intents.note({ act: 'remove', key, node: node.uuid });
      return await noted(intent, async () => {
        const removal = await node.remove(key, { ...options, signal });
        if (removal === 'removed' || removal === 'absent') {
          await this.#note(node, { key, isPresent: false });
        }
        return removal;
      });
    };
    try {
      return await this.ask(node, () => this.#turn(node, key, remove), {
        kind: 'change',
        signal: options.signal,
      });
    } finally {
      unanswered.abort('answered');
    }
  }

  /**
   * Opens a deposit on each node. One that cannot be asked, or is busy with the same key for too
   * long, has failed.
   */
  async open(nodes: readonly StorageNode[], upload: Upload): Promise<Opened> {
    const receivers: Receiver[] = [];
    const holders: StorageNode[] = [];
    const failed = new Map<StorageNode, unknown>();
    await Promise.all(
      nodes.map(async (node) => {
        try {
          this.#intents.assertKnown(node);
          const options = {
            sizeBytes: upload.offsetBytes + upload.lengthBytes,
            waitMs: this.limits.sameKeyWaitMs,
            signal: upload.signal,
          };
          const asked = this.ask(node, () => node.put(upload.key, options), {
            kind: 'change',
            limitMs: this.limits.sameKeyWaitMs + this.limits.nodeAnswerMs,
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
            const receiver = { node, deposit: watchedDeposit(node, deposit, this.watch) };
            const leave = isClient ? { leave: this.way.hold(subject, body) } : {};
            receivers.push({ ...receiver, ...leave });
          }
        } catch (error) {
          failed.set(node, error);
          // A client that is gone is nobody's trouble.
          if (upload.signal.aborted) return;
          this.tell(node, 'takes no', upload.key, error);
        }
      }),
    );
    return { receivers, holders, failed };
  }

  /**
   * Receives an upload on the opened nodes, commits it where it arrived whole and right, and logs
   * that.
   */
  async store(upload: Upload, { receivers, holders }: Opened): Promise<Stored> {
    const stored = new Set<Uuid>();
    const failed = new Map<StorageNode, unknown>();
    const tried = async (node: StorageNode, act: () => Promise<boolean>): Promise<void> => {
      try {
        if (await act()) stored.add(node.uuid);
      } catch (error) {
        failed.set(node, error);
        this.tell(node, 'did not store', upload.key, error);
      }
    };
    await Promise.all(holders.map((node) => tried(node, () => this.noteHeld(node, upload.key))));
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
      this.#intents.note({ act: 'store', key, node: node.uuid });
    const unused = new Map(receivers.map(({ node }) => [node, note(node)]));
    try {
      const received = await this.#receive(upload, receivers);
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
    await Promise.all(receivers.map((receiver) => abandonQuietly(receiver, 'keep', this.limits)));
    for (const { leave } of receivers) leave?.();
  }

  /** Uploads under way share the memory that there is for them. */
  async #receive(upload: Upload, receivers: readonly Receiver[]): Promise<Received> {
    this.#uploads += 1;
    try {
      const { uploadWindowBytes, uploadWindowBytesMin, uploadsBytesMax } = this.limits;
      const share = Math.max(uploadWindowBytesMin, uploadsBytesMax / this.#uploads);
      const limits = { ...this.limits, uploadWindowBytes: Math.min(uploadWindowBytes, share) };
      const equivalents = await this.#equivalents(upload.key, receivers);
      return await receive({ ...upload, equivalents }, receivers, limits);
    } finally {
      this.#uploads -= 1;
    }
  }

  async #equivalents(key: Key, receivers: readonly Receiver[]): Promise<readonly Key[]> {
    try {
      return await this.#equivalentsOf(key);
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
        await abandonQuietly(receiver, 'keep', this.limits);
        throw error;
      }
      return await noted(intent, async () => {
        await this.#note(node, { key, isPresent: true });
        return true;
      });
    };
    const options = { kind: 'change', isBegun: true, limitMs: this.limits.nodeCommitMs } as const;
    return doubtGivenUp(
      intent,
      this.ask(node, () => this.#turn(node, key, commit), options),
    );
  }

  #turn<T>(node: StorageNode, key: Key, act: () => Promise<T>): Promise<T> {
    return this.#turns.run(`${node.uuid} ${serializeKey(key)}`, act);
  }

  #note(node: StorageNode, change: Omit<LocationChange, 'repository'>): Promise<void> {
    return this.#record({ ...change, repository: node.uuid });
  }

  /** Tells that a node did not do something with a content, once of many. */
  tell(node: { readonly name: string }, act: string, key: Key, error: unknown): void {
    this.#sparing.tell({ node, act, subject: serializeKey(key), error });
  }

  #warnOfLost(key: Key, { lost }: Received): void {
    for (const [node, error] of lost) {
      this.failures.note(node, error);
      this.tell(node, 'lost its copy, under way, of', key, error);
    }
  }
}
