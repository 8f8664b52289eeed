import type { RecordedTraffic } from '../recording.ts';

interface Sum {
  transfers: number;
  bytes: bigint;
  /** How long anything was under way, up to when it last began or ended. */
  busyMs: number;
  underWay: number;
  sinceMs: number;
}

/** What is moved from one repository to another, and for how long something is under way. */
export class Traffic {
  readonly #sums = new Map<string, Sum>();

  /** A content came as a whole. */
  moved(from: number, to: number, bytes: bigint): void {
    const sum = this.#of(from, to);
    sum.transfers += 1;
    sum.bytes += bytes;
  }

  begins(from: number, to: number, ms: number): void {
    const sum = this.#of(from, to);
    sum.busyMs = busyMsAt(sum, ms);
    sum.sinceMs = ms;
    sum.underWay += 1;
  }

  /** What had begun came, or broke off. */
  ends(from: number, to: number, ms: number): void {
    const sum = this.#of(from, to);
    sum.busyMs = busyMsAt(sum, ms);
    sum.sinceMs = ms;
    sum.underWay -= 1;
  }

  /** All pairs, as they stand at a time. */
  at(ms: number): readonly RecordedTraffic[] {
    return [...this.#sums]
      .map(([pair, sum]) => {
        const [from = 0, to = 0] = pair.split(' ').map(Number);
        const { transfers, bytes } = sum;
        return { from, to, transfers, bytes, busyMs: busyMsAt(sum, ms) };
      })
      .sort((left, right) => left.from - right.from || left.to - right.to);
  }

  #of(from: number, to: number): Sum {
    const pair = `${from} ${to}`;
    let sum = this.#sums.get(pair);
    if (sum === undefined) {
      sum = { transfers: 0, bytes: 0n, busyMs: 0, underWay: 0, sinceMs: 0 };
      this.#sums.set(pair, sum);
    }
    return sum;
  }
}

function busyMsAt({ busyMs, underWay, sinceMs }: Sum, ms: number): number {
  return busyMs + (underWay > 0 ? ms - sinceMs : 0);
}
