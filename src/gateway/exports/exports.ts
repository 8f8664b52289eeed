import type { Clock, Timer } from '../../clock/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import { exportStoreOf, type SpecialSettings } from '../../nodes/index.ts';
import type { AnnexBranch, LocationChange, Repository } from '../../repository/index.ts';
import { asError, isErrorCode, type Uuid } from '../../units/index.ts';
import { Turns, within } from '../../waiting/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import { unwantedPaths, type FilterParts } from './export-filter.ts';
import { wordsOfExport, type ExportReport } from './export-plan.ts';
import { withExportLock } from './export-lock.ts';
import { ExportRemote } from './export-remote.ts';
import { exportSources, type ExportSourcesParts } from './export-sources.ts';
import type { ExportedTrees } from './exported-trees.ts';
import { exportKey, exportTree } from './exporter.ts';
import { mayTrack, trackedRemotes, uselessTracking, type Tracked } from './tracked.ts';

/** How long a pusher waits for exports, milliseconds; then they go on without him. */
const pushWaitMs = 10 * 60_000;

/** How soon an export that failed is tried again, milliseconds. */
const retryMs = 5 * 60_000;

/** How long another process may be at exporting to a remote, milliseconds: that of git-annex may take its time. */
const lockMsMax = 60 * 60_000;

/** Keys that have come and wait for a remote; when more do, all of it is looked at later. */
const arrivingMax = 1000;

/** How long the end of what is under way is waited for at the end of serving, milliseconds. */
const closeMs = 5_000;

/** What exporting needs of its gateway. */
export interface ExportsParts extends Omit<FilterParts, 'branch'>, ExportSourcesParts {
  readonly repository: Repository;
  readonly branch: AnnexBranch;
  readonly exported: ExportedTrees;
  /** Resolves when git config is as it is now. */
  readonly refreshed: () => Promise<unknown>;
  readonly work: NodeWork;
  readonly notices: Notices;
  readonly warn: Warn;
}

/**
 * Exports of branches to the special remotes of a gateway that track them (spec/special-remotes.md section 8.4): on
 * each push, at the start of a server, and, for one key, whenever it has come somewhere. One at a time for a remote,
 * in this process and beside git-annex's own.
 */
export class Exports {
  readonly #parts: ExportsParts;
  readonly #clock: Clock;
  readonly #turns: Turns;
  readonly #running = new Set<Promise<unknown>>();
  readonly #retries = new Map<string, Timer>();
  /** How many keys wait for each remote. */
  readonly #arriving = new Map<Uuid, number>();
  readonly #closed = new AbortController();
  #isClosed = false;
  readonly #tell: (now: readonly Notice[]) => void;

  constructor(parts: ExportsParts) {
    this.#parts = parts;
    this.#tell = parts.notices.source();
    this.#clock = parts.repository.system.clock;
    this.#turns = new Turns(this.#clock);
  }

  /** The refs that are exported somewhere. Never rejects: what cannot be known keeps no push from coming in. */
  async refs(): Promise<ReadonlySet<string>> {
    try {
      return new Set((await this.#tracked()).map(({ ref }) => ref));
    } catch (error) {
      this.#parts.warn('what is exported cannot be known', error);
      return new Set();
    }
  }

  /** Exports what was pushed to some refs; what the pusher is told. Never rejects. */
  async pushed(refs: ReadonlySet<string>): Promise<readonly string[]> {
    try {
      const tracked = (await this.#tracked()).filter(({ ref }) => refs.has(ref));
      const words = await Promise.all(tracked.map((one) => this.#patiently(one)));
      return words.flat();
    } catch (error) {
      this.#parts.warn('what was pushed is not exported', error);
      return ['ballast: what was pushed is not exported now; the log of the gateway tells why'];
    }
  }

  /** Exports everything in the background, as what was begun may not have ended. */
  start(): void {
    this.#inBackground(async () => {
      for (const one of await this.#tracked()) this.#inBackground(() => this.#export(one));
    });
  }

  /** A location was changed: a key that has come has its places in exported trees to go to. */
  changed({ key, isPresent }: LocationChange): void {
    if (!isPresent || !this.#mayTrack()) return;
    this.#inBackground(async () => {
      for (const one of await this.#tracked()) await this.#arrived(key, one);
    });
  }

  /**
   * Ends all of it. What is given up is gone on with by the next push, or at the next start.
   *
   * @param isPatient whether what is under way is waited for, as nobody else will soon do it.
   */
  async close(isPatient: boolean): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#retries.values()) timer.close();
    if (isPatient) await this.#ended(pushWaitMs);
    this.#closed.abort(new Error('the gateway is ending'));
    await this.#ended(closeMs);
  }

  /** Resolves when nothing is under way, or a time is over. */
  async #ended(limitMs: number): Promise<void> {
    const all = async (): Promise<void> => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
    };
    const error = (): Error => new Error(`exports did not end within ${limitMs} ms`);
    try {
      await within(all(), { clock: this.#clock, limitMs, error });
    } catch (failure) {
      this.#parts.warn('exports are left', failure);
    }
  }

  async #arrived(key: Key, one: Tracked): Promise<void> {
    const { exported, warn } = this.#parts;
    const { settings } = one;
    const { uuid, remote } = settings;
    const waiting = this.#arriving.get(uuid) ?? 0;
    if (waiting >= arrivingMax) return this.#retry(one);
    this.#arriving.set(uuid, waiting + 1);
    try {
      const paths = await exported.placesOn(uuid).of(key);
      if (paths.length === 0) return;
      const opened = await this.#open(settings);
      if (opened === undefined) return;
      await this.#alone(uuid, async () =>
        exportKey(key, await exported.settledPlaces(uuid, key), opened),
      );
    } catch (error) {
      warn(`${serializeKey(key)} has come, and is not exported to ${remote} yet`, error);
    } finally {
      this.#arriving.set(uuid, (this.#arriving.get(uuid) ?? 1) - 1);
    }
  }

  /** Waits for an export for so long as a pusher waits. */
  async #patiently(one: Tracked): Promise<readonly string[]> {
    const exporting = this.#export(one);
    let timer: Timer | undefined;
    const late = new Promise<readonly string[]>((resolve) => {
      const words = [`ballast: the export to ${one.settings.remote} takes longer, and goes on`];
      timer = this.#clock.after(pushWaitMs, () => resolve(words));
    });
    try {
      return await Promise.race([exporting, late]);
    } finally {
      timer?.close();
    }
  }

  /** Exports to one remote; what there is to tell. Never rejects: what fails is told, and tried again. */
  async #export(one: Tracked): Promise<readonly string[]> {
    const running = this.#tryExport(one);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #tryExport(one: Tracked): Promise<readonly string[]> {
    const { notices, branch, exported, repository } = this.#parts;
    const { settings, treeish, ref } = one;
    const { remote, uuid } = settings;
    try {
      const opened = await this.#open(settings);
      if (opened === undefined)
        return this.#notExported(one, settings.readOnly ?? 'is no node here');
      const report = await this.#alone(uuid, () =>
        exportTree(treeish, {
          branch,
          exported,
          clock: this.#clock,
          writer: repository.uuid,
          uuid,
          remote: opened,
          unwanted: (files) => unwantedPaths(uuid, files, this.#parts),
          signal: this.#closed.signal,
        }),
      );
      if (this.#closed.signal.aborted) return [];
      if (report === undefined)
        return this.#notExported(one, `tracks ${treeish}, which is not there`);
      return this.#reported(one, report);
    } catch (error) {
      if (this.#closed.signal.aborted) return [];
      const text = `${ref} is not exported to ${remote}: ${asError(error).message}`;
      notices.raise({ ...noticeOf(one), text }, error);
      // Another try would read as much, and come to the same end.
      if (!isErrorCode(error, 'TREE_TOO_LARGE')) this.#retry(one);
      return [`ballast: ${text}`];
    }
  }

  /** Until the admin, or a push, has changed something. */
  #notExported(one: Tracked, why: string): readonly string[] {
    this.#dropRetry(one.settings.remote);
    const text = `nothing is exported to ${one.settings.remote}, as it ${why}`;
    this.#parts.notices.raise({ ...noticeOf(one), text });
    return [`ballast: ${text}`];
  }

  #reported(one: Tracked, report: ExportReport): readonly string[] {
    const { notices, warn } = this.#parts;
    const { remote } = one.settings;
    const words = wordsOfExport(remote, report);
    const { failed, foreign, unknown, missing } = report;
    const isWhole = failed.length === 0 && foreign.length === 0 && unknown.length === 0;
    if (isWhole) notices.clear(noticeOf(one));
    else
      notices.raise({ ...noticeOf(one), text: `not all of ${one.ref} is exported to ${remote}` });
    if (!isWhole || missing.length > 0) warn(words.join('\n'), undefined);
    if (failed.length > 0) this.#retry(one);
    else this.#dropRetry(remote);
    return words;
  }

  #dropRetry(remote: string): void {
    this.#retries.get(remote)?.close();
    this.#retries.delete(remote);
  }

  /** By then, what the remote tracks may have been set otherwise. */
  #retry({ settings: { remote } }: Tracked): void {
    this.#dropRetry(remote);
    if (this.#isClosed) return;
    const timer = this.#clock.after(retryMs, () => {
      this.#retries.delete(remote);
      this.#inBackground(async () => {
        await this.#parts.refreshed();
        const now = (await this.#tracked()).find(({ settings }) => settings.remote === remote);
        if (now !== undefined) await this.#export(now);
      });
    });
    timer.unref();
    this.#retries.set(remote, timer);
  }

  /** `undefined` for a remote that nothing is exported to, as it is only read. */
  async #open({ remote, uuid, readOnly }: SpecialSettings): Promise<ExportRemote | undefined> {
    const { pool, repository, work, branch, locations } = this.#parts;
    if (readOnly !== undefined) return undefined;
    const node = await pool.node(remote, repository.config);
    // What cannot be opened says why.
    await (node && work.ask(node, () => node.probe('change'), { kind: 'change' }));
    const store = node && exportStoreOf(node);
    if (node === undefined || store === undefined) return undefined;
    return new ExportRemote({
      store,
      trees: branch.trees,
      signal: this.#closed.signal,
      sources: (key) => exportSources(key, uuid, this.#parts),
      inTurn: (key, act) => work.inTurn(node, key, act),
      held: async (key, isRight) => {
        if ((await locations(key)).includes(uuid) || !(await isRight())) return;
        await work.note(node, { key, isPresent: true });
      },
    });
  }

  async #alone<T>(remote: Uuid, act: () => Promise<T>): Promise<T> {
    const options = { timeoutMs: lockMsMax, signal: this.#closed.signal };
    return await this.#turns.run(remote, () =>
      withExportLock(this.#parts.repository, remote, options, act),
    );
  }

  #mayTrack(): boolean {
    return mayTrack(this.#parts.repository.config);
  }

  async #tracked(): Promise<readonly Tracked[]> {
    if (!this.#mayTrack()) await this.#parts.refreshed();
    const sources = this.#mayTrack() ? await this.#parts.topology() : undefined;
    this.#tell(
      sources === undefined ? [] : uselessTracking(sources, this.#parts.repository.config),
    );
    return sources === undefined ? [] : trackedRemotes(sources);
  }

  #inBackground(act: () => Promise<unknown>): void {
    if (this.#isClosed) return;
    const running = act().catch((error: unknown) => {
      this.#parts.warn('exporting has trouble', error);
    });
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }
}

function noticeOf({ settings }: Tracked): Pick<Notice, 'kind' | 'subject'> {
  return { kind: 'node', subject: `export to ${settings.remote}` };
}
