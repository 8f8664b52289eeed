/** How many calls of one disk may be under way at once. */
export interface CallsMax {
  readonly changes: number;
  /** Changes and questions together: one more, so that changes that hang leave questions their way. */
  readonly all: number;
}

/** A call that is under way. */
export interface RunningCall {
  readonly sinceMs: number;
}

/**
 * Most changes of one disk at once, with threads to spare. What a file system can do for several
 * syncs in one go it does for four about as well as for more.
 */
const changesMax = 4;

/** A thread that a call has had for so long is counted as lost until it comes back, milliseconds. */
const keptMs = 1_000;

/**
 * The threads that make calls aside, which are few and shared by all disks of the process. A call that
 * hangs in the system keeps its thread, and nothing can take it back. So each disk has a bound that
 * leaves others as many again; what threads the calls of others have kept for long is not there to be
 * shared.
 */
export class ThreadBudget {
  readonly #threads: number;
  readonly #nowMs: () => number;
  /** By disk, those that have any. */
  readonly #running = new Map<object, ReadonlySet<RunningCall>>();

  constructor(options: { readonly threads: number; readonly nowMs: () => number }) {
    this.#threads = options.threads;
    this.#nowMs = options.nowMs;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** Says which calls a disk has under way; to be said whenever they become any, or none. */
  runs(disk: object, calls: ReadonlySet<RunningCall>): void {
    if (calls.size > 0) this.#running.set(disk, calls);
    else this.#running.delete(disk);
  }

  /** At least one of each, whatever hangs elsewhere. */
  callsMax(disk: object): CallsMax {
    const left = this.#threads - this.#keptByOthers(disk);
    const changes = Math.max(1, Math.min(changesMax, Math.floor(left / 2)));
    return { changes, all: Math.max(1, Math.min(changes + 1, left - 1)) };
  }

  #keptByOthers(disk: object): number {
    const beforeMs = this.#nowMs() - keptMs;
    let kept = 0;
    for (const [other, calls] of this.#running) {
      if (other === disk) continue;
      for (const { sinceMs } of calls) if (sinceMs < beforeMs) kept += 1;
    }
    return kept;
  }
}

/** libuv's own number, when nobody says otherwise. */
const threadsDefault = 4;

/** Threads of this process. Whoever sets the variable has to do so before the first call aside. */
export function poolThreads(env: NodeJS.ProcessEnv = process.env): number {
  const said = Number(env['UV_THREADPOOL_SIZE']);
  return Number.isSafeInteger(said) && said > 0 ? said : threadsDefault;
}
