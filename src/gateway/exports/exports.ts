import type { Clock, Timer } from '../../clock/index.ts';
import { serializeKey, type Key } from '../../key/index.ts';
import type { SpecialSettings } from '../../nodes/index.ts';
import type { AnnexBranch, LocationChange, Repository } from '../../repository/index.ts';
import { asError, isErrorCode, type Uuid } from '../../units/index.ts';
import { within } from '../../waiting/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import { unwantedPaths, type FilterParts } from './export-filter.ts';
import { wordsOfExport, type ExportReport } from './export-plan.ts';
import type { ExportSourcesParts } from './remote/export-sources.ts';
import { ExportTurns } from './export-turns.ts';
import type { ExportedTrees } from './exported-trees.ts';
import { exportKey, exportTree } from './exporter.ts';
import { openRemote, type OpenedRemote } from './remote/open-remote.ts';
import { isSame, mayTrack, trackedRemotes, uselessTracking, type Tracked } from './tracked.ts';
import { Unended } from './unended.ts';

/** How long a pusher waits for exports, milliseconds; then they go on without him. */
const pushWaitMs = 20_000;

/** How long a process that serves a single client waits for its exports to end, milliseconds. */
const briefWaitMs = 10 * 60_000;

/** How soon an export that failed is tried again, milliseconds. */
const retryMs = 5 * 60_000;

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
  readonly #running = new Unended();
  /** By remote, an export that has not begun, and so will have what is there when it does. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #retries = new Map<string, Timer>();
  /** How many keys wait for each remote. */
  readonly #arriving = new Map<Uuid, number>();
  readonly #closed = new AbortController();
  readonly #turns: ExportTurns;
  #isClosed = false;
  readonly #tell: (now: readonly Notice[]) => void;

  constructor(parts: ExportsParts) {
    this.#parts = parts;
    this.#tell = parts.notices.source();
    this.#clock = parts.repository.system.clock;
    this.#turns = new ExportTurns(parts.repository, this.#closed.signal);
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
    if (isPatient) await this.#ended(briefWaitMs, [this.#running]);
    this.#closed.abort(new Error('the gateway is ending'));
    await this.#ended(closeMs, [this.#running, this.#turns.underWay]);
  }

  /** Resolves when nothing of some is under way, or a time is over. */
  async #ended(limitMs: number, some: readonly Unended[]): Promise<void> {
    const error = (): Error => new Error(`exports did not end within ${limitMs} ms`);
    try {
      await within(Promise.all(some.map((one) => one.ended())), {
        clock: this.#clock,
        limitMs,
        error,
      });
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
      await this.#turns.alone(uuid, opened.watched, async () =>
        exportKey(key, await exported.settledPlaces(uuid, key), opened.remote),
      );
    } catch (error) {
      if (this.#isClosed) return;
      this.#retry(one);
      // That a node does not answer is told once, and not for each key.
      if (!isErrorCode(error, 'NODE_SUSPECTED'))
        warn(`${serializeKey(key)} has come, and is not exported to ${remote} yet`, error);
    } finally {
      this.#arriving.set(uuid, (this.#arriving.get(uuid) ?? 1) - 1);
    }
  }

  /** Waits for an export for so long as a pusher waits: what comes of it later is told in the log. */
  async #patiently(one: Tracked): Promise<readonly string[]> {
    const exporting = this.#export(one);
    let timer: Timer | undefined;
    const late = new Promise<readonly string[]>((resolve) => {
      timer = this.#clock.after(pushWaitMs, () => resolve(this.#goesOn(one, exporting)));
    });
    try {
      return await Promise.race([exporting, late]);
    } finally {
      timer?.close();
    }
  }

  #goesOn(one: Tracked, exporting: Promise<readonly string[]>): readonly string[] {
    const { remote } = one.settings;
    const { notices, warn } = this.#parts;
    notices.raise({ ...noticeOf(one), text: `${one.ref} is being exported to ${remote}` });
    void exporting.then((words) => {
      if (words.length > 0) warn(words.join('\n'), undefined);
    });
    const later = 'the log of the gateway tells what came of it';
    return [`ballast: the export to ${remote} takes longer, and goes on; ${later}`];
  }

  /** Exports to one remote; what there is to tell. Never rejects: what fails is told, and tried again. */
  async #export(one: Tracked): Promise<readonly string[]> {
    const { remote } = one.settings;
    const waiting = this.#waiting.get(remote);
    if (waiting !== undefined && isSame(waiting.one, one)) return await waiting.words;
    const begun = (): void => {
      if (this.#waiting.get(remote)?.words === running) this.#waiting.delete(remote);
    };
    const running = this.#tryExport(one, begun);
    this.#waiting.set(remote, { one, words: running });
    try {
      return await this.#running.add(running);
    } finally {
      begun();
    }
  }

  async #tryExport(one: Tracked, begun: () => void): Promise<readonly string[]> {
    const { notices, branch, exported, repository } = this.#parts;
    const { settings, treeish, ref } = one;
    const { remote, uuid } = settings;
    try {
      const opened = await this.#open(settings);
      if (opened === undefined)
        return this.#notExported(one, settings.readOnly ?? 'is no node here');
      const report = await this.#turns.alone(uuid, opened.watched, () => {
        begun();
        return exportTree(treeish, {
          branch,
          exported,
          clock: this.#clock,
          writer: repository.uuid,
          uuid,
          remote: opened.remote,
          unwanted: (files) => unwantedPaths(uuid, files, this.#parts),
        });
      });
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
    const { failed, foreign, unknown, missing, lost } = report;
    const isWhole = failed.length === 0 && foreign.length === 0 && unknown.length === 0;
    if (isWhole) notices.clear(noticeOf(one));
    else
      notices.raise({ ...noticeOf(one), text: `not all of ${one.ref} is exported to ${remote}` });
    if (!isWhole || missing.length > 0 || lost.length > 0) warn(words.join('\n'), undefined);
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
    if (this.#isClosed || this.#retries.has(remote)) return;
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
  async #open({ remote, uuid, readOnly }: SpecialSettings): Promise<OpenedRemote | undefined> {
    const { pool, repository, work } = this.#parts;
    if (readOnly !== undefined) return undefined;
    const node = await pool.node(remote, repository.config);
    // What cannot be opened says why.
    await (node && work.ask(node, () => node.probe('change'), { kind: 'change' }));
    return node && openRemote(uuid, node, { ...this.#parts, signal: this.#closed.signal });
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
    const trouble = (error: unknown): void => this.#parts.warn('exporting has trouble', error);
    void this.#running.add(act().catch(trouble));
  }
}

/** An export that waits for its turn. */
interface Waiting {
  readonly one: Tracked;
  readonly words: Promise<readonly string[]>;
}

function noticeOf({ settings }: Tracked): Pick<Notice, 'kind' | 'subject'> {
  return { kind: 'node', subject: `export to ${settings.remote}` };
}
