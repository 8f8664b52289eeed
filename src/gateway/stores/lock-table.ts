import type { Clock, Timer } from '../../clock/index.ts';
import type { ContentLock } from '../../nodes/index.ts';
import { within } from '../../waiting/index.ts';
import { defaultLimits, type GatewayLimits } from '../limits.ts';

/** How long all locks together may take to be left at the end: their promises are on disk before. */
const leaveMs = 2_000;

/** How many locks may be held at once, by all tables that share it; beyond, all is "not locked". */
export class LockAllowance {
  readonly #max: number;
  #held = 0;

  constructor(max: number = defaultLimits.locksMax) {
    this.#max = max;
  }

  get isSpent(): boolean {
    return this.#held >= this.#max;
  }

  take(): void {
    this.#held += 1;
  }

  giveBack(): void {
    this.#held -= 1;
  }
}

interface Held {
  readonly lock: ContentLock;
  /** Ends the lock unless a `keepLocked` takes it over. */
  expiry: Timer;
  /** Exchanges that keep it. */
  keepers: number;
}

/**
 * The content locks that clients hold through this server, by lock id. A lock ends when its client
 * says so, or when nobody has kept it for the ten minutes that the protocol promises: since it was
 * given, or since the connection of its client broke off. Till then its id is good, so that a client
 * that comes back can end it at once.
 */
export class LockTable {
  readonly #held = new Map<string, Held>();
  readonly #limits: Pick<GatewayLimits, 'lockLifetimeMs' | 'locksMax'>;
  readonly #onProblem: (error: unknown) => void;
  readonly #clock: Clock;
  readonly #allowance: LockAllowance;

  /** @param by.onProblem told of a lock whose end failed when nobody was there to be told. */
  constructor(
    limits: Pick<GatewayLimits, 'lockLifetimeMs' | 'locksMax'>,
    by: {
      readonly clock: Clock;
      readonly onProblem: (error: unknown) => void;
      /** Default: one of its own. */
      readonly allowance?: LockAllowance | undefined;
    },
  ) {
    this.#limits = limits;
    this.#clock = by.clock;
    this.#onProblem = by.onProblem;
    this.#allowance = by.allowance ?? new LockAllowance(limits.locksMax);
  }

  /** How many locks are held. */
  get count(): number {
    return this.#held.size;
  }

  /** Whether no further lock is taken over; it is answered "not locked". */
  get isFull(): boolean {
    return this.#allowance.isSpent;
  }

  /** Takes a lock over and gives the id that the client will name it by. */
  add(lock: ContentLock): string {
    const id = this.#clock.uuid();
    this.#held.set(id, { lock, expiry: this.#expiryOf(id), keepers: 0 });
    this.#allowance.take();
    return id;
  }

  #expiryOf(id: string): Timer {
    const timer = this.#clock.after(this.#limits.lockLifetimeMs, () => {
      this.end(id, 'release').catch(this.#onProblem);
    });
    timer.unref();
    return timer;
  }

  /** Takes the ten minutes' limit off, since a client now keeps the lock. */
  keep(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.keepers += 1;
    held.expiry.close();
  }

  /**
   * The connection of a client that kept a lock broke off: the lock stays for ten minutes, also when
   * this process dies, and its id is good for as long.
   */
  async leave(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.keepers -= 1;
    if (held.keepers > 0) return;
    held.expiry.close();
    held.expiry = this.#expiryOf(id);
    await held.lock.renew?.();
  }

  /** Resolves when a lock may keep its content no longer; `undefined` when that cannot be. */
  broken(id: string): Promise<Error> | undefined {
    return this.#held.get(id)?.lock.broken;
  }

  /** Ends a lock; an id that is unknown, or ended before, is nothing to end. */
  async end(id: string, how: 'release' | 'leave'): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    this.#allowance.giveBack();
    held.expiry.close();
    await (how === 'release' ? held.lock.release() : held.lock.leave());
  }

  /** Leaves every lock to its retention, which outlives the process. */
  async close(): Promise<void> {
    const ended = [...this.#held.keys()].map((id) => this.end(id, 'leave').catch(this.#onProblem));
    const error = (): Error => new Error(`locks were not left within ${leaveMs} ms`);
    try {
      await within(Promise.all(ended), { clock: this.#clock, limitMs: leaveMs, error });
    } catch (failure) {
      this.#onProblem(failure);
    }
  }
}
