import type { Timer } from '../../../clock/index.ts';
import type { PeerNames } from '../http/http-peer.ts';
import { inTime } from '../in-time.ts';
import type { LineCommand } from './line-command.ts';
import { LineSession } from './line-session.ts';
import { PeerError } from '../peer-connection.ts';
import type { PeerBounds } from '../peer-limits.ts';

/** Sessions with one peer: used again when they are free, up to a number at once. */
export class SessionPool {
  readonly #open: () => Promise<LineSession>;
  readonly #limits: PeerBounds;
  readonly #sessionsMax: number;
  readonly #idle: LineSession[] = [];
  readonly #all = new Set<LineSession>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #isClosed = false;
  #idleTimer: Timer | undefined;

  constructor(command: LineCommand, names: PeerNames, limits: PeerBounds, sessionsMax: number) {
    this.#open = () => LineSession.open(command, names, limits);
    this.#limits = limits;
    this.#sessionsMax = sessionsMax;
  }

  /** A session that is the caller's until it is given back. */
  async take(): Promise<LineSession> {
    await this.#turn();
    try {
      if (this.#isClosed) throw new PeerError('the connection to the peer was closed');
      let session = this.#idle.pop();
      while (session !== undefined && !session.isUsable) {
        this.#drop(session);
        session = this.#idle.pop();
      }
      if (session !== undefined) return session;
      const opened = await this.#open();
      this.#all.add(opened);
      if (!this.#isClosed) return opened;
      await opened.end();
      throw new PeerError('the connection to the peer was closed');
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Ends the use of a session; one in the middle of a request is to be ended before. */
  give(session: LineSession): void {
    const isKept = session.isUsable && this.#idle.length < this.#limits.idleConnectionsMax;
    if (isKept && !this.#isClosed) {
      this.#idle.push(session);
      this.#endIdleLater();
    } else {
      this.#drop(session);
    }
    this.#leave();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleTimer?.close();
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((session) => session.end()));
    this.#all.clear();
  }

  async #turn(): Promise<void> {
    if (this.#taken < this.#sessionsMax) {
      this.#taken += 1;
      return;
    }
    // Whoever leaves hands the place on, so that the number of those taken stays.
    let wake = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiting.push(resolve);
    });
    try {
      await inTime(
        turn,
        { clock: this.#limits.clock, limitMs: this.#limits.answerMs },
        'no session became free',
      );
    } catch (error) {
      const at = this.#waiting.indexOf(wake);
      if (at === -1) this.#leave();
      else this.#waiting.splice(at, 1);
      throw error;
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  #drop(session: LineSession): void {
    this.#all.delete(session);
    session.breakOff();
  }

  #endIdleLater(): void {
    this.#idleTimer?.close();
    const { clock, idleSessionMs } = this.#limits;
    this.#idleTimer = clock.after(idleSessionMs, () => {
      for (const session of this.#idle.splice(0)) this.#drop(session);
    });
    this.#idleTimer.unref();
  }
}
