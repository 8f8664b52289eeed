import type { Clock } from '../../clock/index.ts';
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Refs } from '../../repository/index.ts';
import { isOwnRef } from '../pushes/index.ts';

/**
 * How long after a change more of them are waited for, milliseconds: a push updates several refs.
 */
const settleMs = 50;

/** How often it is looked without being told of a change: not every file system tells. */
const recheckMs = 30_000;

/** Most commits named at once. One that is new makes a client fetch, and a line has a limit. */
const namedMax = 500;

/** Notices that refs of a git repository have changed. */
export class RefWatch {
  readonly #gitDirectory: string;
  readonly #refs: Pick<Refs, 'refs'>;
  readonly #clock: Clock;
  readonly #watchers: FSWatcher[] = [];
  #known: ReadonlyMap<string, string> | undefined;
  #isTouched = false;
  #wake: (() => void) | undefined;

  constructor(of: {
    readonly gitDirectory: string;
    readonly refs: Pick<Refs, 'refs'>;
    readonly clock: Clock;
  }) {
    this.#gitDirectory = of.gitDirectory;
    this.#refs = of.refs;
    this.#clock = of.clock;
  }

  /**
   * Waits until refs are new or point elsewhere than when it was last asked, and gives the commits
   * that they point to now, some of them when they are many. The first call starts from what is
   * there then.
   */
  async changes(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#known === undefined) {
      this.#start();
      this.#known = await this.#now();
    }
    while (!signal.aborted) {
      await this.#touched(signal);
      const now = await this.#now();
      const before = this.#known;
      const changed = [...now].filter(([name, commit]) => before.get(name) !== commit);
      this.#known = now;
      const commits = new Set(changed.map(([, commit]) => commit));
      if (commits.size > 0) return [...commits].slice(0, namedMax);
    }
    return [];
  }

  /** Ends watching. */
  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  #start(): void {
    const refs = join(this.#gitDirectory, 'refs');
    for (const [path, recursive] of [[this.#gitDirectory, false] as const, [refs, true] as const]) {
      try {
        const watcher = watch(path, { recursive, persistent: false }, () => this.#touch());
        // Without it there is still the look now and then.
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // As above: the system has no more watches to give.
      }
    }
  }

  #touch(): void {
    this.#isTouched = true;
    this.#wake?.();
  }

  /** Waits for a touch and the end of the flurry, or for the time to look again. */
  async #touched(signal: AbortSignal): Promise<void> {
    if (!this.#isTouched) await this.#wait(recheckMs, signal, true);
    await this.#wait(settleMs, signal, false);
    this.#isTouched = false;
  }

  #wait(milliseconds: number, signal: AbortSignal, endsWithTouch: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.close();
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = this.#clock.after(milliseconds, done);
      signal.addEventListener('abort', done);
      if (endsWithTouch) this.#wake = done;
      if (signal.aborted) done();
    });
  }

  async #now(): Promise<ReadonlyMap<string, string>> {
    const refs = await this.#refs.refs([]);
    return new Map(refs.flatMap(({ name, sha }) => (isOwnRef(name) ? [] : [[name, sha]])));
  }
}
