import type { RunningCall, ThreadBudget } from './thread-budget.ts';
import { BallastError } from '../../units/index.ts';

/** What a call does: it asks, changes something, or waits until changes are on the disk. */
export type CallKind = 'question' | 'change' | 'sync';

/** What is bounded together: syncs are done by the same part of a file system as changes. */
type Lane = 'question' | 'change';

/** How a call is to be made. */
export interface CallOptions {
  /** Gives up waiting; a call that is under way goes on. */
  readonly signal?: AbortSignal | undefined;
  /** A call that gives something back, as closing a file does, and so is never refused. Default: false. */
  readonly isEnd?: boolean;
  /** A call that goes before all that wait, since it is to find out why they do. Default: false. */
  readonly isFirst?: boolean;
  /** Asked when nothing is left to wait for: a call that has come too late is not made. */
  readonly mayBegin?: () => boolean;
}

/**
 * Calls that may wait for a disk: more than there are connections, each of which makes one or a few at
 * a time, so that only a disk that stands still has so many.
 */
const callsWaitingMax = 20_000;

/** A disk has so many calls waiting for it that another one would be of no use. */
function diskBusy(waiting: number): Error {
  return new Error(`${waiting} calls wait for this disk already; it may hang`);
}

/** When its turn had come, a call was no longer to be made, and so it was not. */
function callNotBegun(): BallastError {
  return new BallastError(
    'CALL_NOT_BEGUN',
    'what was asked of the disk was no longer wanted when its turn had come',
  );
}

/**
 * Asks a call whether it is still to be made.
 *
 * @throws BallastError CALL_NOT_BEGUN when it is not.
 */
export function assertMayBegin(options: CallOptions | undefined): void {
  if (options?.mayBegin?.() === false) throw callNotBegun();
}

interface WaitingCall {
  /** Its place in the order of asking. */
  readonly turn: number;
  readonly begin: () => void;
}

/**
 * Lets so many calls of one disk be under way as the threads allow; the others wait here, in memory,
 * in the order of asking. Changes leave one place to questions: a file system that is frozen holds up
 * the one and answers the other.
 */
export class CallBound {
  readonly #budget: ThreadBudget;
  readonly #waitingMax: number;
  readonly #callsMax: number;
  readonly #running = new Set<RunningCall>();
  #changes = 0;
  #turns = 0;
  /** Whom to tell when a call of a kind ends. */
  readonly #watchers: Readonly<Record<CallKind, Set<() => void>>> = {
    question: new Set(),
    change: new Set(),
    sync: new Set(),
  };
  readonly #waiting: Readonly<Record<Lane, Set<WaitingCall>>> = {
    question: new Set(),
    change: new Set(),
  };

  /**
   * @param options.callsMax default: as many as the budget gives.
   * @param options.waitingMax default: {@link callsWaitingMax}.
   */
  constructor(
    budget: ThreadBudget,
    options: { readonly callsMax?: number; readonly waitingMax?: number } = {},
  ) {
    this.#budget = budget;
    this.#callsMax = options.callsMax ?? Infinity;
    this.#waitingMax = options.waitingMax ?? callsWaitingMax;
  }

  /** Calls under way. */
  get running(): number {
    return this.#running.size;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiting.question.size + this.#waiting.change.size;
  }

  /**
   * Makes a call when its turn has come.
   *
   * @throws Error when too many wait; the signal's reason when aborted before its turn;
   * CALL_NOT_BEGUN.
   */
  async run<T>(kind: CallKind, call: () => Promise<T>, options: CallOptions = {}): Promise<T> {
    options.signal?.throwIfAborted();
    const lane = kind === 'question' ? kind : 'change';
    const isFree = this.#waiting[lane].size === 0 && this.#mayBegin(lane);
    const running = isFree ? this.#begin(lane) : await this.#turn(lane, options);
    try {
      assertMayBegin(options);
      return await call();
    } finally {
      this.#end(lane, running);
      for (const ended of this.#watchers[kind]) ended();
      this.#watchers[kind].clear();
    }
  }

  /** Resolves when any call of a kind comes back. */
  ends(kind: CallKind): Promise<void> {
    return new Promise((resolve) => this.#watchers[kind].add(resolve));
  }

  #turn(kind: Lane, { signal, isEnd, isFirst }: CallOptions): Promise<RunningCall> {
    const waiting = this.#waiting[kind];
    if (isEnd !== true && isFirst !== true && this.waiting >= this.#waitingMax) {
      return Promise.reject(diskBusy(this.waiting));
    }
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiting.delete(call);
        reject(signal?.reason);
      };
      const begin = (): void => {
        waiting.delete(call);
        signal?.removeEventListener('abort', giveUp);
        resolve(this.#begin(kind));
      };
      this.#turns += 1;
      const call: WaitingCall = { turn: isFirst === true ? 0 : this.#turns, begin };
      signal?.addEventListener('abort', giveUp, { once: true });
      if (isFirst === true) putFirst(waiting, call);
      else waiting.add(call);
    });
  }

  #mayBegin(kind: Lane): boolean {
    // One alone always may, and then nobody else needs to be asked.
    if (this.#running.size === 0) return true;
    const { changes, all } = this.#budget.callsMax(this);
    return (
      this.#running.size < Math.min(all, this.#callsMax) &&
      (kind === 'question' || this.#changes < changes)
    );
  }

  #begin(kind: Lane): RunningCall {
    const call: RunningCall = { sinceMs: this.#budget.nowMs() };
    this.#running.add(call);
    if (kind === 'change') this.#changes += 1;
    if (this.#running.size === 1) this.#budget.runs(this, this.#running);
    return call;
  }

  #end(kind: Lane, call: RunningCall): void {
    this.#running.delete(call);
    if (kind === 'change') this.#changes -= 1;
    if (this.#running.size === 0) this.#budget.runs(this, this.#running);
    for (let next = this.#next(); next !== undefined; next = this.#next()) next.begin();
  }

  /** Of those that may begin, the one that has waited longest. */
  #next(): WaitingCall | undefined {
    const [question] = this.#waiting.question;
    const [change] = this.#waiting.change;
    const mayChange = change !== undefined && this.#mayBegin('change');
    if (question === undefined || !this.#mayBegin('question')) {
      return mayChange ? change : undefined;
    }
    return mayChange && change.turn < question.turn ? change : question;
  }
}

function putFirst<T>(all: Set<T>, first: T): void {
  const others = [...all];
  all.clear();
  for (const one of [first, ...others]) all.add(one);
}
