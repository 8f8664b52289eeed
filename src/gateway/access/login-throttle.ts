import type { Clock } from '../../clock/index.ts';
import { addressGroup } from './address-group.ts';

/** How much longer each failure in a row takes than the one before it, milliseconds. */
const delayStepMs = 50;

/** The longest that a failure takes, milliseconds; a guesser gets no more than this rate. */
export const delayMsMax = 2_000;

/** An address that has failed in nothing for this long starts anew, milliseconds. */
export const forgottenMs: number = 10 * 60_000;

/**
 * Addresses that are remembered; beyond, the one whose last failure is longest ago is forgotten.
 */
export const addressesMax = 10_000;

/** Logins of one address that wait for their turn; one more is refused unread. */
export const waitingMax = 64;

/** What became of a login. */
export type Login<T> =
  | { readonly kind: 'known'; readonly as: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused' };

/** What is remembered of an address. */
interface Failing {
  failures: number;
  lastMs: number;
  /** Logins that are waiting or being slowed. */
  pending: number;
  /** Ends with the last login that was begun. */
  last: Promise<void>;
}

/**
 * Makes guessing passwords slow, for the address that guesses and no other. A login that fails is
 * answered late, the later the more have failed, and while it is held back the address's other
 * logins wait behind it, so that asking many times at once is no faster. Right credentials wait for
 * their turn, too; while {@link waitingMax} logins of their address wait they are refused, as wrong
 * ones are: who shares an address with a guesser asks again later.
 */
export class LoginThrottle {
  readonly #records = new Map<string, Failing>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Addresses that are remembered now. */
  get addressCount(): number {
    return this.#records.size;
  }

  /**
   * Looks at credentials when it is the address's turn.
   *
   * @param address of the peer; `undefined` on a unix socket, whose peers count as one.
   * @param check who has these credentials; not called when the login is refused.
   */
  async login<T extends object>(
    address: string | undefined,
    check: () => T | undefined,
  ): Promise<Login<T>> {
    const group = addressGroup(address);
    const slowed = this.#records.get(group);
    if (slowed !== undefined && slowed.pending > 0) {
      if (slowed.pending >= waitingMax) return { kind: 'refused' };
      const look = async (): Promise<Login<T>> => {
        const as = check();
        return as === undefined ? await this.#hold(this.#failed(group)) : { kind: 'known', as };
      };
      return await inLine(slowed, slowed.last.then(look));
    }
    const as = check();
    if (as !== undefined) return { kind: 'known', as };
    const record = this.#failed(group);
    return await inLine(record, this.#hold(record));
  }

  async #hold(record: Failing): Promise<{ kind: 'unknown' }> {
    const delayMs = Math.min(delayMsMax, record.failures * delayStepMs);
    await this.#clock.sleep(delayMs, { isIdle: true });
    return { kind: 'unknown' };
  }

  /** Counts a failure, and makes the address the last to be forgotten. */
  #failed(group: string): Failing {
    const nowMs = this.#clock.steadyMs();
    const known = this.#records.get(group);
    const record: Failing = known ?? {
      failures: 0,
      lastMs: nowMs,
      pending: 0,
      last: Promise.resolve(),
    };
    if (nowMs - record.lastMs > forgottenMs) record.failures = 0;
    record.failures += 1;
    record.lastMs = nowMs;
    this.#records.delete(group);
    this.#records.set(group, record);
    this.#forget(nowMs);
    return record;
  }

  #forget(nowMs: number): void {
    for (const [group, record] of this.#records) {
      const isOld = nowMs - record.lastMs > forgottenMs && record.pending === 0;
      if (!isOld && this.#records.size <= addressesMax) return;
      this.#records.delete(group);
    }
  }
}

/** Makes what comes after wait for this. */
async function inLine<T>(record: Failing, act: Promise<T>): Promise<T> {
  record.pending += 1;
  record.last = act.then(
    () => undefined,
    () => undefined,
  );
  try {
    return await act;
  } finally {
    record.pending -= 1;
  }
}
