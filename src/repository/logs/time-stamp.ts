/**
 * The stamp of a log line (spec/git-annex-branch.md section 3.2): seconds since the epoch, with a
 * fraction of any length. Kept as digits, so that comparing and adding lose nothing.
 */
export interface TimeStamp {
  /** Whole seconds; a negative number of them is before 1970. */
  readonly seconds: bigint;
  /** The digits after the point, without zeros at the end; `''` for none. */
  readonly fraction: string;
}

/** Most digits of a stamp that is taken for one, so that no peer can make adding slow. */
const stampLengthMax = 80;

const stampShape = /^([+-]?)(\d+)(?:\.(\d+))?s?$/;

/** The stamp of a line that has none: older than any that one could write. */
export const noStamp: TimeStamp = { seconds: -(10n ** 90n), fraction: '' };

/** Reads `1700000000.25s`; the `s` may be missing. `undefined` for anything else. */
export function parseStamp(text: string): TimeStamp | undefined {
  if (text.length > stampLengthMax) return undefined;
  const match = stampShape.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', fractionDigits = ''] = match;
  const fraction = fractionDigits.replace(/0+$/, '');
  if (sign !== '-') return { seconds: BigInt(digits), fraction };
  // The fraction counts upwards from `seconds` like any other: -1.25 is -2 and 75 hundredths.
  if (fraction === '') return { seconds: -BigInt(digits), fraction };
  const complement = 10n ** BigInt(fraction.length) - BigInt(fraction);
  return {
    seconds: -BigInt(digits) - 1n,
    fraction: complement.toString().padStart(fraction.length, '0'),
  };
}

/** The text of a stamp at or after the epoch, with its `s`. */
export function formatStamp(stamp: TimeStamp): string {
  return stamp.fraction === '' ? `${stamp.seconds}s` : `${stamp.seconds}.${stamp.fraction}s`;
}

/** Negative when `a` is older than `b`, 0 when they are one moment. */
export function compareStamps(a: TimeStamp, b: TimeStamp): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
  if (a.fraction === b.fraction) return 0;
  // Without zeros at the end, fractions are ordered as texts.
  return a.fraction < b.fraction ? -1 : 1;
}

/**
 * The moment of a wall clock (milliseconds since the epoch), in whole seconds as git-annex writes.
 */
export function stampOf(nowMs: number): TimeStamp {
  return { seconds: BigInt(Math.floor(nowMs / 1000)), fraction: '' };
}

/**
 * The stamp of a new line: now, or a second after the line that it replaces when that is later, so
 * that it always wins (section 3.2).
 */
export function nextStamp(now: TimeStamp, replaced: TimeStamp | undefined): TimeStamp {
  if (replaced === undefined || replaced === noStamp) return now;
  const after = { seconds: replaced.seconds + 1n, fraction: replaced.fraction };
  return compareStamps(after, now) > 0 ? after : now;
}
