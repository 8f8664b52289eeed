import type { Clock } from '../../clock/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import { serializeKey } from '../../key/index.ts';
import { SparingWarn } from '../nodes/sparing-warn.ts';
import type { Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import { findingWords } from './finding-words.ts';
import type { WalkOptions } from './node-walk.ts';
import type { OwedCopy } from './owed-copies.ts';
import { ReadingPace } from './reading-pace.ts';
import { daysTooLong, ScrubNotices } from './scrub-notices.ts';
import type { Scrubbing } from './scrubbing.ts';
import { dueInMs, type WalkState } from './walk-state.ts';

/** How fast contents are read again by a server unless somebody says otherwise: some 1.7 TB in a day. */
export const scrubBytesPerSDefault: number = 20 * 1024 * 1024;

/** When, and how fast, a server reads contents again. */
export interface ScrubSettings {
  /** From the beginning of one walk through a node to that of the next, milliseconds. */
  readonly everyMs: number;
  /** All walks together. */
  readonly bytesPerS: number;
}

/**
 * For how long one walk has its turn, milliseconds: others that are due, and other processes, have theirs then. Each
 * turn lists the branch once more.
 */
const turnMs = 5 * 60_000;

/** How soon a copy that is owed is looked at again, milliseconds: twice as late each time, as it may be large. */
const owedMs = { first: 60 * 60_000, last: 24 * 60 * 60_000 } as const;

/** How soon it is looked again whether something is due, milliseconds: clocks are set, and nodes come back. */
const lookMs = 60 * 60_000;

/** How soon it is tried again where another process has the right, the node was away, or all failed. */
const againMs = 60_000;

/** The shortest rest between two turns, milliseconds: another process that looks each second has the right by then. */
const breathMs = 1_500;

/** What a schedule needs of its gateway. */
export interface ScheduleParts {
  readonly scrubbing: Pick<
    Scrubbing,
    'tryTake' | 'walked' | 'walk' | 'payOwed' | 'owed' | 'files'
  > & {
    readonly clock: Clock;
  };
  readonly notices: Notices;
  readonly warn: Warn;
  /** What a repository holds, bytes, as far as is known. */
  readonly sizeBytes: (node: Uuid) => number;
}

/**
 * Walks through all nodes of a gateway again and again, one at a time: of those that are due the one whose walk began
 * first, for some minutes; then the next.
 */
export class ScrubSchedule {
  readonly #parts: ScheduleParts;
  readonly #settings: ScrubSettings;
  readonly #clock: Clock;
  readonly #pace: ReadingPace;
  readonly #told: ScrubNotices;
  readonly #sparing: SparingWarn;
  readonly #ending = new AbortController();
  /** Nodes that were away, and until when they are let be, by steady time. */
  readonly #awayMs = new Map<Uuid, number>();
  /** When copies that are owed are looked at again, by steady time, and how long that is put off then. */
  readonly #tries = new Map<string, { readonly dueMs: number; readonly waitMs: number }>();
  #running: Promise<void> | undefined;

  constructor(parts: ScheduleParts, settings: ScrubSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#clock = parts.scrubbing.clock;
    this.#pace = new ReadingPace(this.#clock, { bytesPerS: settings.bytesPerS, isYielding: true });
    this.#told = new ScrubNotices(parts.notices);
    this.#sparing = new SparingWarn(parts.warn, this.#clock);
  }

  /** Begins; nothing of it fails, and what does is told and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends it where it is, which is noted. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('the gateway is ending'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      let restMs = againMs;
      try {
        restMs = await this.#turn(signal);
      } catch (error) {
        if (!signal.aborted) this.#parts.warn('contents could not be checked', error);
      }
      await this.#clock
        .sleep(Math.max(restMs, breathMs), { signal, isIdle: true })
        .catch(() => undefined);
    }
  }

  /** How long nothing is to be done after it, milliseconds. */
  async #turn(signal: AbortSignal): Promise<number> {
    const { scrubbing } = this.#parts;
    const lock = await scrubbing.tryTake();
    if (lock === undefined) return againMs;
    try {
      const nodes = await scrubbing.walked();
      const how = { pace: this.#pace, signal, jobs: 1, isAnew: false };
      const options: WalkOptions = { ...how, told: (...found) => this.#said(...found) };
      const again: WalkOptions = { ...how, told: (...found) => this.#saidAgain(...found) };
      await scrubbing.payOwed(nodes, again, (copy) => this.#isTried(copy));
      if (scrubbing.owed.all().length === 0) this.#tries.clear();
      const states = await this.#states(nodes);
      const due = this.#firstDue(nodes, states);
      if (due !== undefined) {
        const untilMs = this.#clock.steadyMs() + turnMs;
        const goesOn = (): boolean => this.#clock.steadyMs() < untilMs;
        const end = await scrubbing.walk(due, { ...options, goesOn });
        states.set(due.uuid, end.state);
        if (end.kind === 'away') this.#awayMs.set(due.uuid, this.#clock.steadyMs() + againMs);
      }
      this.#tell(nodes, states);
      return this.#restMs(nodes, states);
    } finally {
      lock.release();
    }
  }

  /** Every copy that was not as it should be is named; of those that cannot be read, one of many. */
  #said(...[node, key, finding]: Parameters<WalkOptions['told']>): void {
    if (finding.kind === 'unread') {
      const error = new Error(finding.why);
      const subject = serializeKey(key);
      this.#sparing.tell({ node, act: 'gave nothing that could be judged of', subject, error });
      return;
    }
    const words = findingWords(node.name, key, finding);
    if (words !== undefined) this.#parts.warn(words, undefined);
  }

  /** Whether it is time to look again at a copy that is owed; if so, the next time is later. */
  #isTried({ node, key }: OwedCopy): boolean {
    const nowMs = this.#clock.steadyMs();
    const name = `${node} ${serializeKey(key)}`;
    const { dueMs, waitMs } = this.#tries.get(name) ?? { dueMs: 0, waitMs: owedMs.first };
    if (nowMs < dueMs) return false;
    this.#tries.set(name, { dueMs: nowMs + waitMs, waitMs: Math.min(owedMs.last, waitMs * 2) });
    return true;
  }

  /** What is not otherwise than it was has been told. */
  #saidAgain(...found: Parameters<WalkOptions['told']>): void {
    const [, , finding] = found;
    if ('restored' in finding && finding.restored?.kind === 'restored') this.#said(...found);
  }

  async #states(nodes: readonly StorageNode[]): Promise<Map<Uuid, WalkState>> {
    const states = new Map<Uuid, WalkState>();
    const { files } = this.#parts.scrubbing;
    for (const { uuid } of nodes) {
      const state = await files.read(uuid);
      if (state === undefined) continue;
      const nowMs = Math.floor(this.#clock.wallMs());
      if (state.beganMs <= nowMs) states.set(uuid, state);
      else {
        // The clock was set back. When it began nobody knows; so that is never longer ago than one interval.
        const anew = { ...state, beganMs: nowMs };
        await files.write(uuid, anew);
        states.set(uuid, anew);
      }
    }
    return states;
  }

  #firstDue(
    nodes: readonly StorageNode[],
    states: ReadonlyMap<Uuid, WalkState>,
  ): StorageNode | undefined {
    const began = (node: StorageNode): number => states.get(node.uuid)?.beganMs ?? 0;
    return nodes
      .filter((node) => this.#dueInMs(node, states) === 0)
      .sort((one, other) => began(one) - began(other))[0];
  }

  #dueInMs({ uuid }: StorageNode, states: ReadonlyMap<Uuid, WalkState>): number {
    const due = dueInMs(states.get(uuid), this.#clock.wallMs(), this.#settings.everyMs);
    const awayMs = (this.#awayMs.get(uuid) ?? 0) - this.#clock.steadyMs();
    return Math.max(due, awayMs, 0);
  }

  #restMs(nodes: readonly StorageNode[], states: ReadonlyMap<Uuid, WalkState>): number {
    const waits = nodes.map((node) => this.#dueInMs(node, states));
    return Math.min(lookMs, ...waits);
  }

  #tell(nodes: readonly StorageNode[], states: ReadonlyMap<Uuid, WalkState>): void {
    const { scrubbing, sizeBytes } = this.#parts;
    const bytes = nodes.reduce((sum, { uuid }) => sum + sizeBytes(uuid), 0);
    const named = nodes.map(({ uuid, name }) => ({ uuid, name, state: states.get(uuid) }));
    this.#told.tell(named, scrubbing.owed.all(), daysTooLong(bytes, this.#settings));
  }
}
