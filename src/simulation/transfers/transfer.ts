import type { Operation } from '../acts/operations.ts';

/** Contents on their way. */
export interface Transfer {
  readonly kind: Exclude<Operation['kind'], 'drop'>;
  readonly file: number;
  readonly key: number;
  /** The repositories that it passes: where it comes from, a gateway perhaps, and where it goes. */
  readonly route: readonly number[];
  /** What came on an earlier try. */
  readonly hadBytes: number;
  /** What comes on this one, between these times, which are the same when there is nothing to come. */
  readonly bytes: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Where a transfer goes. */
export function targetOf({ route }: Transfer): number {
  return route.at(-1) ?? -1;
}

/** How much of its content is there at a time, that of earlier tries included. */
export function arrivedBytes({ hadBytes, bytes, startMs, endMs }: Transfer, ms: number): number {
  if (ms <= startMs) return hadBytes;
  const share = endMs === startMs ? 1 : Math.min(1, (ms - startMs) / (endMs - startMs));
  return hadBytes + Math.floor(bytes * share);
}
