import type { Clock } from '../../clock/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import type {
  CopyQuarantine,
  Removal,
  RemoveOptions,
  StorageNode,
  WrongContent,
} from '../../nodes/index.ts';
import type { LocationChange } from '../../repository/index.ts';
import { Turns } from '../../waiting/index.ts';
import { isErrorCode } from '../../units/index.ts';
import { noNotes, noted } from '../intents/index.ts';
import type { IntendedAct, IntentNotes } from '../intents/index.ts';
import type { GatewayLimits } from '../limits.ts';
import { NodeWatch } from './watch/node-watch.ts';
import { NodeUploads, type NodeAskOptions } from './node-uploads.ts';
import { settleAt } from './settle-at.ts';
import { SparingWarn } from './sparing-warn.ts';
import { NodeFailures } from './watch/watched-stream.ts';
import type { Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';

export type { Warn } from '../notices/warn.ts';

/** Resolves once the change is durable. */
type RecordLocation = (change: LocationChange) => Promise<void>;

/**
 * The gateway's dealings with nodes. An act on a node and its line in the location log are one turn
 * for each node and key, so that the log's last word is always about the last act. A turn that
 * takes longer than its asker waits goes on and is logged all the same.
 */
export class NodeWork {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly warn: Warn;
  readonly #sparing: SparingWarn;
  readonly #record: RecordLocation;
  readonly #turns: Turns;
  readonly failures: NodeFailures = new NodeFailures();
  /** Which nodes answer. */
  readonly watch: NodeWatch;
  /** What stores at nodes. */
  readonly uploads: NodeUploads;
  readonly #intents: IntentNotes;

  constructor(options: {
    limits: GatewayLimits;
    clock: Clock;
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
    this.clock = options.clock;
    this.#turns = new Turns(options.clock);
    // That a node does not answer is told once, and not for each key.
    this.warn = (message, error): void => {
      if (!isErrorCode(error, 'NODE_SUSPECTED')) options.warn(message, error);
    };
    this.#sparing = new SparingWarn(this.warn, options.clock);
    this.watch = new NodeWatch(options.limits, options.clock, options.notices);
    this.#record = options.record;
    this.#intents = options.intents ?? noNotes;
    const { limits, equivalents = (): Promise<readonly Key[]> => Promise.resolve([]) } = options;
    this.uploads = new NodeUploads({
      clock: options.clock,
      limits,
      intents: this.#intents,
      failures: this.failures,
      watch: this.watch,
      ask: (node, question, how) => this.ask(node, question, how),
      inTurn: (node, key, act) => this.#turn(node, key, act),
      note: (node, change) => this.#note(node, change),
      noteHeld: (node, key) => this.noteHeld(node, key),
      tell: (node, act, key, error) => this.tell(node, act, key, error),
      equivalents,
    });
  }

  /**
   * Asks a node something, within the time that a node may take. One that is known not to answer is
   * not asked.
   */
  ask<T>(
    node: StorageNode,
    question: () => T | Promise<T>,
    options: NodeAskOptions<T> = {},
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
   * Takes what a node has in the place of a content, and is not it, out of the way, and has all logs say what is
   * there then. `undefined` where a node does not have that done to it.
   */
  async quarantine(
    node: StorageNode,
    key: Key,
    wrong: WrongContent,
  ): Promise<CopyQuarantine | undefined> {
    const move = node.quarantine?.bind(node);
    if (move === undefined) return undefined;
    this.#intents.assertKnown(node);
    const act = async (): Promise<CopyQuarantine> => {
      const intent = this.#intents.note({ act: 'remove', key, node: node.uuid });
      return await noted(intent, async () => {
        const quarantined = await move(key, wrong);
        await settleAt(node, { key }, (change) => this.#note(node, change));
        return quarantined;
      });
    };
    const options = { kind: 'change', limitMs: this.limits.nodeCommitMs } as const;
    return await this.ask(node, () => this.#turn(node, key, act), options);
  }

  /** Runs an act on a key at a node when all earlier ones have ended. */
  inTurn<T>(node: StorageNode, key: Key, act: () => Promise<T>): Promise<T> {
    return this.#turn(node, key, act);
  }

  /** Logs whether a node has a key, durably. */
  note(node: StorageNode, change: Omit<LocationChange, 'repository'>): Promise<void> {
    return this.#note(node, change);
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
}
