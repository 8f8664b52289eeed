import type { Repository } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { Turns } from '../../waiting/index.ts';
import { withExportLock } from './export-lock.ts';
import { Unended } from './unended.ts';
import type { WatchedRemote } from './remote/watched-remote.ts';

/** How long others may be at exporting to a remote, milliseconds: git-annex, say, may take its time. */
const othersMsMax = 60 * 60_000;

/** Exports to remotes, one at a time for each: in this process, and beside git-annex's own. */
export class ExportTurns {
  readonly #repository: Repository;
  readonly #turns: Turns;
  readonly #signal: AbortSignal;
  /** Those that have not given way yet to the next. */
  readonly underWay: Unended = new Unended();

  /** @param signal ends waiting. */
  constructor(repository: Repository, signal: AbortSignal) {
    this.#repository = repository;
    this.#turns = new Turns(repository.system.clock);
    this.#signal = signal;
  }

  /**
   * What an act on a remote gives, done while nobody else exports to it. What the act has begun there and is under way
   * keeps the next ones waiting, and not the caller.
   *
   * @throws what the act throws; when others do not end within an hour; the reason of the signal.
   */
  async alone<T>(uuid: Uuid, watched: WatchedRemote, act: () => Promise<T>): Promise<T> {
    let leave = (_done: Promise<T>): void => undefined;
    const left = new Promise<T>((resolve) => {
      leave = resolve;
    });
    const locked = async (): Promise<T> => {
      const done = act();
      await Promise.allSettled([done]);
      if (!watched.isIdle) leave(done);
      await watched.ended();
      return await done;
    };
    return await Promise.race([this.underWay.add(this.#inTurn(uuid, locked)), left]);
  }

  async #inTurn<T>(uuid: Uuid, act: () => Promise<T>): Promise<T> {
    const signal = this.#signal;
    const end = await this.#turns.take(uuid, { waitMs: othersMsMax, signal });
    try {
      return await withExportLock(this.#repository, uuid, { timeoutMs: othersMsMax, signal }, act);
    } finally {
      end();
    }
  }
}
