/** How fast contents pass from one repository to another. */
export interface Speed {
  readonly bytesPerSecond: number;
  readonly latencyMs: number;
}

/** Nothing takes less time, so that what goes to and fro for ever takes for ever. */
const leastMs = 1;

/** So long that nobody waits for it, and still a time that can be counted with: 100,000 years. */
const longestMs = 100_000 * 365 * 86_400_000;

const atOnce: Speed = { bytesPerSecond: Number.POSITIVE_INFINITY, latencyMs: 0 };

/** Speeds from one repository to another; where none is set all goes at once. */
export class Speeds {
  readonly #speeds = new Map<number, Map<number, Speed>>();

  set(from: number, to: number, speed: Speed): void {
    const own = this.#speeds.get(from) ?? new Map<number, Speed>();
    this.#speeds.set(from, own);
    own.set(to, speed);
  }

  #get(from: number, to: number): Speed {
    return this.#speeds.get(from)?.get(to) ?? atOnce;
  }

  /** All that were set. */
  *entries(): Generator<{ readonly from: number; readonly to: number; readonly speed: Speed }> {
    for (const [from, own] of this.#speeds) {
      for (const [to, speed] of own) yield { from, to, speed };
    }
  }

  /** How long it takes to ask for something and be answered, milliseconds. */
  latencyMs(route: readonly number[]): number {
    let sumMs = 0;
    for (const [from, to] of hopsOf(route)) sumMs += this.#get(from, to).latencyMs;
    return Math.max(leastMs, sumMs);
  }

  /** How long bytes take on a route, which pass a gateway while they come: milliseconds, whole. */
  durationMs(route: readonly number[], bytes: number): number {
    let slowest = Number.POSITIVE_INFINITY;
    for (const [from, to] of hopsOf(route)) {
      slowest = Math.min(slowest, this.#get(from, to).bytesPerSecond);
    }
    return Math.min(longestMs, this.latencyMs(route) + Math.ceil((bytes / slowest) * 1000));
  }
}

/** Whether two routes have a way from one repository to another in common. */
export function shareWay(one: readonly number[], other: readonly number[]): boolean {
  return hopsOf(one).some(([from, to]) =>
    hopsOf(other).some((hop) => hop[0] === from && hop[1] === to),
  );
}

/** The ways from one to the next, which contents pass at once. */
function hopsOf(route: readonly number[]): readonly (readonly [number, number])[] {
  return route.slice(1).map((to, place) => [route[place] ?? to, to] as const);
}
