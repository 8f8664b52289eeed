import type { Timer } from '../../../clock/index.ts';
import { PassThrough } from 'node:stream';
import { keepLockedPieces } from '../../../protocol/index.ts';
import type { HttpResponse } from './http-transport.ts';
import { inTime } from '../in-time.ts';
import { PeerError, type PeerLock } from '../peer-connection.ts';
import type { PeerBounds } from '../peer-limits.ts';

/**
 * How often a lock that lost its connection is taken again, which lasts ten minutes, milliseconds.
 */
const renewMs = 3 * 60_000;

/** Locks taken every three minutes that a peer can still have after ten. */
const takenMax = 4;

/** What a lock over HTTP does its work with. */
export interface HttpLockParts {
  /** Sends the `keeplocked`, whose body goes on. */
  readonly send: (body: PassThrough) => Promise<HttpResponse>;
  /** Asks for another lock that nobody keeps; its id, if there is one. */
  readonly lockAgain: () => Promise<string | undefined>;
  /** Ends a lock by its id, in an exchange of its own. */
  readonly unlock: (lockId: string) => Promise<void>;
  /** The id of the lock. */
  readonly lockId: string;
  readonly limits: PeerBounds;
}

/**
 * A lock that is kept by a `keeplocked` whose body goes on. When that connection is lost, the
 * server either keeps the content for the rest of ten minutes or drops the lock
 * (spec/p2p-http.md section 5); nobody can tell, as the server answers at the end only. So another
 * lock is taken then, which every server holds for ten minutes when nobody keeps it; and also before
 * that, where the content is to stay even if this process dies.
 */
export class HttpLock implements PeerLock {
  readonly broken: Promise<Error>;
  /** Settles when the connection that keeps the lock is free again. */
  readonly ended: Promise<unknown>;
  readonly #body = new PassThrough();
  readonly #answer: Promise<HttpResponse>;
  readonly #reminder: Timer;
  readonly #parts: HttpLockParts;
  #tellBroken: (error: Error) => void = () => undefined;
  #releasing: Promise<void> | undefined;
  #renewal: Timer | undefined;
  #isConnectionLost = false;
  /** Attempts to take another lock, which may be under way. */
  #renewing: Promise<unknown> = Promise.resolve();
  /** Locks that were taken beside the first: the peer keeps them for ten minutes. */
  readonly #taken: string[] = [];

  constructor(parts: HttpLockParts) {
    this.#parts = parts;
    this.broken = new Promise((resolve) => {
      this.#tellBroken = resolve;
    });
    this.#body.on('error', () => undefined);
    this.#body.write(keepLockedPieces.keep);
    const { clock, keepLockedMs } = parts.limits;
    this.#reminder = clock.every(keepLockedMs, () => this.#body.write(keepLockedPieces.keep));
    this.#reminder.unref();
    this.#answer = parts.send(this.#body);
    // An answer before the unlock is the end of the lock, too.
    const ended = (): void => {
      this.#reminder.close();
      if (this.#releasing !== undefined) return;
      this.#isConnectionLost = true;
      const renew = (): void => {
        this.leave().catch(() => undefined); // told by `broken`
      };
      renew();
      this.#renewal = clock.every(renewMs, renew);
      this.#renewal.unref();
    };
    this.ended = this.#answer.then(ended, ended);
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  /** Where it fails, the lock is still held by its connection. */
  renew(): Promise<void> {
    const renewing = this.#takeAnother();
    this.#renewing = Promise.allSettled([this.#renewing, renewing]);
    return renewing;
  }

  async leave(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      this.#renewal?.close();
      this.#tellBroken(error instanceof Error ? error : new PeerError(String(error)));
      throw error;
    }
  }

  async #takeAnother(): Promise<void> {
    const lockId = await this.#parts.lockAgain();
    if (lockId === undefined) {
      const early = 'the content of a lock that ended early is gone';
      throw new PeerError(
        this.#isConnectionLost ? early : 'it does not lock the content once more',
      );
    }
    this.#taken.push(lockId);
    const eldest = this.#taken.length > takenMax ? this.#taken.shift() : undefined;
    // Later ones keep the content longer than it would.
    if (eldest !== undefined) void this.#parts.unlock(eldest).catch(() => undefined);
  }

  /** What the peer keeps for us without the connection is ended by its ids. */
  async #unlockById(first: readonly string[]): Promise<void> {
    this.#body.destroy();
    const unlock = async (): Promise<void> => {
      await this.#renewing;
      const ids = [...first, ...this.#taken];
      await Promise.all(ids.map((id) => this.#parts.unlock(id)));
    };
    const ended = unlock();
    await inTime(
      ended,
      { clock: this.#parts.limits.clock, limitMs: this.#parts.limits.answerMs },
      'the peer did not end the lock',
    );
  }

  async #release(): Promise<void> {
    this.#reminder.close();
    this.#renewal?.close();
    const isFirstEnded = !this.#isConnectionLost && (await this.#unlockOnConnection());
    await this.#unlockById(isFirstEnded ? [] : [this.#parts.lockId]);
  }

  /** Whether the peer says that it has ended the lock; a connection that is lost meanwhile says nothing. */
  async #unlockOnConnection(): Promise<boolean> {
    if (!this.#body.destroyed) this.#body.end(keepLockedPieces.unlock);
    const ended = this.#answer.then(async (response) => void (await response.text()));
    try {
      await inTime(
        ended,
        { clock: this.#parts.limits.clock, limitMs: this.#parts.limits.answerMs },
        'the peer did not end the lock',
      );
      return true;
    } catch {
      return false;
    } finally {
      this.#body.destroy();
    }
  }
}
