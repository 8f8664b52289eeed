import type { Clock, Timer } from '../../clock/index.ts';
import { serializeKey } from '../../key/index.ts';
import type { Configuration } from '../../placement/index.ts';
import { isErrorCode, type Uuid } from '../../units/index.ts';
import type { MissingCopies } from '../missing/index.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import type { Repair } from './repair.ts';
import { repairNotices } from './repair-notices.ts';
import type { RepairReport } from './repair-report.ts';

/** Whether a gateway repairs its clusters by itself: not, or only tells what it would do, or does it. */
export type RepairMode = 'off' | 'dry' | 'on';

/** How a gateway keeps its clusters. */
export interface KeeperSettings {
  readonly mode: RepairMode;
  /** Most bytes that are copied in a second; `undefined`: as fast as it goes. */
  readonly bytesPerS: number | undefined;
  /** How often all contents are looked through, milliseconds. */
  readonly everyMs: number;
}

/** How long after the start all contents are looked through first, and after a change of what is wanted. */
const firstMs = 60_000;

/** How often it is looked whether there is something to do. */
const tickMs = 10_000;

/** A look takes at most one part in so many of the time, but for what it moves. */
const restFactor = 10;

/** How soon what failed is tried again, milliseconds. */
const againMs = 10 * 60_000;

/** Walks in a row, while each of them moves something. */
const walksMax = 50;

/** Missing copies that are made in one walk. */
const missingMax = 100_000;

/** How long after a client has asked something others are its turn, milliseconds. */
const quietMs = 100;

/** How long clients are waited for at most before a content is moved, milliseconds. */
const yieldMsMax = 1000;

/** What a keeper needs of the gateway. */
export interface KeeperParts {
  readonly repair: Pick<Repair, 'walk' | 'clusterNames' | 'nodeNames'>;
  readonly clock: Clock;
  readonly missing: Pick<MissingCopies, 'all' | 'counts'>;
  /** The configuration now: the same object while it is the same. */
  readonly configuration: () => Promise<Configuration>;
  /** Takes the right to place copies, to be kept; whether nobody else has it. */
  readonly claim: () => Promise<boolean>;
  readonly notices: Notices;
  readonly warn: Warn;
}

/** What is known of what is to be repaired. */
export interface KeeperState {
  /** Copies that are to be made, and their bytes. */
  readonly copies: number;
  readonly bytes: bigint;
  /** Since when there is something, milliseconds since 1970; `undefined` when there is nothing. */
  readonly sinceMs: number | undefined;
}

/**
 * Has the clusters of a gateway keep what their expressions say while it serves, or tells that they do not. What
 * acknowledged uploads have missed is made good as soon as its nodes answer; all contents are looked through some time
 * after the start, after what is wanted has changed, and every so often. Who has the right to place copies does it, which is
 * one process for all clusters of a gateway. Clients go first.
 */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #settings: KeeperSettings;
  readonly #tell: (now: readonly Notice[]) => void;
  readonly #stopping = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #notBeforeMs = 0;
  #wholeDueMs: number;
  #configuration: Configuration | undefined;
  #askedMs = -Infinity;
  /** What the look under way has moved took so long. */
  #movingMs = 0;
  #state: KeeperState = { copies: 0, bytes: 0n, sinceMs: undefined };

  constructor(parts: KeeperParts, settings: KeeperSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#tell = parts.notices.source();
    this.#wholeDueMs = parts.clock.steadyMs() + firstMs;
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** Begins to look now and then whether there is something to do. */
  start(): void {
    if (this.#settings.mode === 'off') return;
    this.#timer = this.#parts.clock.every(tickMs, () => void this.look());
    this.#timer.unref();
  }

  /** A client asks something. */
  asked(): void {
    this.#askedMs = this.#parts.clock.steadyMs();
  }

  /** Does what is due; resolves when it is done, whatever came of it. */
  look(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Stops what is under way, between two pieces of a content at the latest. */
  async close(): Promise<void> {
    this.#timer?.close();
    this.#stopping.abort(new Error('the server ends'));
    await this.#running;
  }

  async #look(): Promise<void> {
    const { clock, repair, notices, configuration } = this.#parts;
    const failed = { kind: 'content', subject: 'repair failed' } as const;
    let restMs = 0;
    this.#movingMs = 0;
    const beganMs = clock.steadyMs();
    if (this.#stopping.signal.aborted || beganMs < this.#notBeforeMs) return;
    try {
      if ((await repair.clusterNames()).size === 0) return;
      const now = await configuration();
      const isChanged = this.#configuration !== undefined && now !== this.#configuration;
      this.#configuration = now;
      if (isChanged) this.#wholeDueMs = Math.min(this.#wholeDueMs, beganMs + firstMs);
      const isWholeDue = beganMs >= this.#wholeDueMs;
      const keys = isWholeDue || this.#settings.mode === 'dry' ? undefined : await this.#missing();
      if (!isWholeDue && keys === undefined) return;
      if (!(await this.#parts.claim())) return;
      await this.#walk(keys);
      if (isWholeDue) this.#wholeDueMs = clock.steadyMs() + this.#settings.everyMs;
      notices.clear(failed);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (isErrorCode(error, 'PLACEMENT_BUSY')) return;
      restMs = againMs;
      const text = 'clusters could not be repaired; that is tried again';
      notices.raise({ ...failed, text }, error);
    } finally {
      const lookedMs = Math.max(0, clock.steadyMs() - beganMs - this.#movingMs);
      restMs = Math.max(restMs, lookedMs * restFactor);
      this.#notBeforeMs = clock.steadyMs() + Math.min(restMs, this.#settings.everyMs);
    }
  }

  /** The keys of which copies are missing; `undefined` when there are none. */
  async #missing(): Promise<ReadonlySet<string> | undefined> {
    const { missing } = this.#parts;
    if (missing.counts.size === 0) return undefined;
    const keys = new Set<string>();
    for await (const { key } of missing.all()) {
      keys.add(serializeKey(key));
      if (keys.size >= missingMax) break;
    }
    return keys.size === 0 ? undefined : keys;
  }

  async #walk(keys: ReadonlySet<string> | undefined): Promise<void> {
    const { repair, warn } = this.#parts;
    const isDry = this.#settings.mode === 'dry';
    let [gets, drops] = [0, 0];
    let report: RepairReport | undefined;
    for (let walks = 0; walks < walksMax; walks += 1) {
      report = await repair.walk({
        isDry,
        keys,
        rebalance: false,
        bytesPerS: this.#settings.bytesPerS,
        jobs: 1,
        signal: this.#stopping.signal,
        yielding: () => this.#yield(),
      });
      this.#movingMs += report.movingMs;
      gets += report.gets.contents;
      drops += report.drops.contents;
      if (isDry || !report.hasMoved) break;
    }
    if (report === undefined) return;
    if (!isDry && gets + drops > 0) {
      warn(`repair has made ${gets} copies and dropped ${drops}`, undefined);
    }
    if (keys === undefined) await this.#note(report, isDry);
  }

  async #note(report: RepairReport, isDry: boolean): Promise<void> {
    const names: ReadonlyMap<Uuid, string> = await this.#parts.repair.nodeNames();
    const { contents: copies, bytes } = isDry ? report.gets : report.leftGets;
    const hasSome = isDry ? report.hasMoved : report.left > 0;
    const sinceMs = hasSome ? (this.#state.sinceMs ?? this.#parts.clock.wallMs()) : undefined;
    this.#state = { copies, bytes, sinceMs };
    this.#tell(repairNotices(report, { isDry, nameOf: (uuid) => names.get(uuid) ?? uuid }));
  }

  /** Waits while clients ask, but not for ever. */
  async #yield(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stopping;
    await clock.turn();
    for (let waitedMs = 0; waitedMs < yieldMsMax; waitedMs += quietMs) {
      if (clock.steadyMs() - this.#askedMs >= quietMs) return;
      await clock.sleep(quietMs, { signal, isIdle: true });
    }
  }
}
