import type { Clock } from '../../../clock/index.ts';
import type { LineSession } from './line-session.ts';
import { PeerError, type PeerLock } from '../peer-connection.ts';

/**
 * A lock that was taken again and is lost sooner than this, milliseconds, would be taken again without
 * end.
 */
const heldMsMin = 1_000;

/** A session in which a content was locked. */
export interface LockSession {
  readonly session: LineSession;
  /** Unlocks it, and hears that the peer has. */
  readonly unlock: () => Promise<void>;
  /** The session is free, or broken off. */
  readonly done: () => void;
}

/**
 * A lock that lasts as long as its session. When that is lost, git-annex-shell drops the lock at
 * once, so that the content is locked again in another session. Where that succeeds the content is
 * there, whatever happened between; where it does not, nobody knows.
 */
export class LineLock implements PeerLock {
  readonly broken: Promise<Error>;
  readonly #lockAgain: () => Promise<LockSession | undefined>;
  readonly #clock: Clock;
  #held: Promise<LockSession>;
  #tellBroken: (error: Error) => void = () => undefined;
  #releasing: Promise<void> | undefined;

  /** @param by.lockAgain locks the content in another session, if it is still there. */
  constructor(
    held: LockSession,
    by: {
      readonly clock: Clock;
      readonly lockAgain: () => Promise<LockSession | undefined>;
    },
  ) {
    this.#clock = by.clock;
    this.#lockAgain = by.lockAgain;
    this.broken = new Promise((resolve) => {
      this.#tellBroken = resolve;
    });
    this.#held = Promise.resolve(held);
    this.#watch(held, { isAgain: false });
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  /**
   * No session can leave a lock behind: it is kept here, so all that can be told is whether it
   * holds.
   */
  async leave(): Promise<void> {
    await this.#held;
  }

  #watch(held: LockSession, { isAgain }: { readonly isAgain: boolean }): void {
    const takenMs = this.#clock.steadyMs();
    void held.session.disturbed().then(() => {
      // What comes then is what the unlocking asked for.
      if (this.#releasing !== undefined) return;
      if (!isAgain || this.#clock.steadyMs() - takenMs >= heldMsMin) return this.#renew(held);
      held.session.breakOff();
      held.done();
      this.#held = Promise.reject(
        new PeerError('the peer ends locks as soon as it has given them'),
      );
      this.#held.catch(this.#tellBroken);
    });
  }

  /** Whatever a peer says amid a lock, it is none that keeps to the protocol. */
  #renew(lost: LockSession): void {
    lost.session.breakOff();
    lost.done();
    this.#held = this.#again();
    this.#held.catch(this.#tellBroken);
  }

  async #again(): Promise<LockSession> {
    const held = await this.#lockAgain();
    if (held === undefined) throw new PeerError('the content of a lock that ended early is gone');
    this.#watch(held, { isAgain: true });
    return held;
  }

  async #release(): Promise<void> {
    // One that broke has nothing to be ended; `broken` has told of it.
    const held = await this.#held.catch(() => undefined);
    try {
      if (held?.session.isUsable === true) await held.unlock();
    } finally {
      held?.done();
    }
  }
}
