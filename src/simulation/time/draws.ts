/** Times and sizes by chance, with nothing but comparisons and divisions, so that they are the same everywhere. */
import type { Randomness } from '../random/randomness.ts';

const drawMax = 2 ** 32;

/** From 0 to below 1. One decision. */
function unit(randomness: Randomness): number {
  return randomness.below(drawMax) / drawMax;
}

/**
 * How long until something happens that comes once in a time in the mean, at any moment as likely as at any
 * other: whole milliseconds, at least one. By John von Neumann's comparisons of uniform draws.
 */
export function untilNextMs(meanMs: number, randomness: Randomness): number {
  for (let whole = 0; ; whole += 1) {
    const first = unit(randomness);
    let least = first;
    let length = 1;
    for (let next = unit(randomness); next < least; next = unit(randomness)) {
      least = next;
      length += 1;
    }
    if (length % 2 === 1) return Math.max(1, Math.round((whole + first) * meanMs));
  }
}

/** A size between two, both below 2^53: twice as large ones come half as often, as files do. */
export function paretoBytes(leastBytes: number, mostBytes: number, randomness: Randomness): number {
  const least = Math.max(1, leastBytes);
  const most = Math.max(least, mostBytes);
  return Math.floor(least / (1 - unit(randomness) * (1 - least / most)));
}
