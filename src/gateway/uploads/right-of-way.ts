import type { Clock } from '../../clock/index.ts';
import type { GatewayLimits } from '../limits.ts';
import type { ClientBody, UploadProgress } from './client-body.ts';

/** What is slow: fewer bytes a second, for so long. */
export type Floor = Pick<GatewayLimits, 'uploadFloorBytesPerS' | 'uploadFloorWindowMs'>;

/** What uploads are looked at for slowness by others that wait for them. */
export class RightOfWay {
  readonly #floor: Floor;
  /** By which clients are found slow. */
  readonly clock: Clock;
  readonly #holders = new Map<string, ClientBody>();

  constructor(floor: Floor, clock: Clock) {
    this.#floor = floor;
    this.clock = clock;
  }

  /** An upload has the turn at a subject; gives what ends that. */
  hold(subject: string, body: ClientBody): () => void {
    this.#holders.set(subject, body);
    return () => {
      if (this.#holders.get(subject) === body) this.#holders.delete(subject);
    };
  }

  /**
   * Waits for a turn at a subject. Whoever has it gives way when its client is slower than the floor
   * over the waiting one's patience.
   */
  async waiting<T>(subject: string, body: ClientBody, turn: Promise<T>): Promise<T> {
    let watched = this.#holders.get(subject);
    let before = watched?.progress();
    const timer = this.clock.every(this.patienceMs(body), () => {
      if (watched !== undefined && before !== undefined && watched === this.#holders.get(subject)) {
        if (this.isSlow(watched, before, this.patienceMs(body))) watched.giveWayTo(body);
      }
      watched = this.#holders.get(subject);
      before = watched?.progress();
    });
    try {
      return await turn;
    } finally {
      timer.close();
    }
  }

  /**
   * Resolves when the one that another was left for is over, or has become so slow itself that the
   * other may as well try again.
   */
  async otherOver(other: ClientBody, body: ClientBody, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let before = other.progress();
    await new Promise<void>((resolve, reject) => {
      const timer = this.clock.every(this.patienceMs(body), () => {
        if (this.isSlow(other, before, this.patienceMs(body))) end(resolve);
        before = other.progress();
      });
      const aborted = (): void => end(() => reject(signal.reason));
      const end = (settle: () => void): void => {
        timer.close();
        signal.removeEventListener('abort', aborted);
        settle();
      };
      signal.addEventListener('abort', aborted, { once: true });
      void other.over.then(() => end(resolve));
    });
  }

  /** Whoever was left is the more patient, so that two slow ones do not take turns for ever. */
  patienceMs(body: ClientBody): number {
    const doublings = Math.min(body.timesLeft, doublingsMax);
    return this.#floor.uploadFloorWindowMs * 2 ** doublings;
  }

  /** Time that the disks took is not the client's. */
  isSlow(body: ClientBody, before: UploadProgress, windowMs: number): boolean {
    const { receivedBytes, waitedMs } = body.progress();
    const isWaitedFor = waitedMs - before.waitedMs >= windowMs / 2;
    const bytesPerS = ((receivedBytes - before.receivedBytes) * 1000) / windowMs;
    return isWaitedFor && bytesPerS < this.#floor.uploadFloorBytesPerS;
  }
}

/** 32 times the window. */
const doublingsMax = 5;
