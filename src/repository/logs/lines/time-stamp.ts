/**
 * The stamp of a log line (spec/git-annex-branch.md section 3.2): seconds since the epoch, of any
 * length, with a fraction. Kept as digits: comparing and adding lose nothing, and cost no more than
 * reading, however many digits a peer sends.
 */
export interface TimeStamp {
  /** Before 1970. */
  readonly isNegative: boolean;
  /** Whole seconds, without zeros in front. */
  readonly digits: string;
  /** The digits after the point, without zeros at the end; `''` for none. */
  readonly fraction: string;
}

/** git-annex counts in picoseconds: what is finer it reads and forgets. */
const fractionDigitsMax = 12;

const stampShape = /^([+-]?)(\d+)(?:\.(\d+))?s?$/;

/** The stamp of a line that has none: older than any other. */
export const noStamp: TimeStamp = { isNegative: true, digits: '', fraction: '' };

/** Reads `1700000000.25s`; the `s` may be missing. `undefined` for anything else. */
export function parseStamp(text: string): TimeStamp | undefined {
  const match = stampShape.exec(text);
  if (match === null) return undefined;
  const [, sign, written = '', decimals = ''] = match;
  const digits = withoutZerosInFront(written);
  return {
    // git-annex reads the sign with the whole seconds, where a zero has none: `-0.5s` is 0.5.
    isNegative: sign === '-' && digits !== '0',
    digits,
    fraction: withoutZerosAtEnd(decimals.slice(0, fractionDigitsMax)),
  };
}

/** The text of a stamp, with its `s`. */
export function formatStamp({ isNegative, digits, fraction }: TimeStamp): string {
  return `${isNegative ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** Negative when `a` is older than `b`, 0 when they are one moment. */
export function compareStamps(a: TimeStamp, b: TimeStamp): number {
  if (a === noStamp || b === noStamp) return a === b ? 0 : a === noStamp ? -1 : 1;
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const order = compareDistances(a, b);
  return a.isNegative ? -order : order;
}

/** How far from the epoch both are. */
function compareDistances(a: TimeStamp, b: TimeStamp): number {
  if (a.digits.length !== b.digits.length) return a.digits.length - b.digits.length;
  if (a.digits !== b.digits) return a.digits < b.digits ? -1 : 1;
  if (a.fraction === b.fraction) return 0;
  // Without zeros at the end, fractions are ordered as texts.
  return a.fraction < b.fraction ? -1 : 1;
}

/**
 * The moment of a wall clock (milliseconds since the epoch), in whole seconds as git-annex writes.
 * A clock that stands before the epoch stands at it.
 */
export function stampOf(nowMs: number): TimeStamp {
  const seconds = Math.max(0, Math.floor(nowMs / 1000));
  return { isNegative: false, digits: `${seconds}`, fraction: '' };
}

/**
 * The stamp of a new line: now, or a second after the line that it replaces when that is later, so
 * that it always wins (spec/git-annex-branch.md section 3.2).
 */
export function nextStamp(now: TimeStamp, replaced: TimeStamp | undefined): TimeStamp {
  // A second after a moment before the epoch is never later than a clock that shows the time since.
  if (replaced === undefined || replaced.isNegative) return now;
  const after = { ...replaced, digits: oneMore(replaced.digits) };
  return compareStamps(after, now) > 0 ? after : now;
}

/** The whole second that a stamp is in; `undefined` when numbers cannot hold it. */
export function wholeSeconds({ isNegative, digits, fraction }: TimeStamp): number | undefined {
  const seconds = Number(digits);
  if (!Number.isSafeInteger(seconds)) return undefined;
  return isNegative ? -seconds - (fraction === '' ? 0 : 1) : seconds;
}

function oneMore(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === '9') end -= 1;
  const zeros = '0'.repeat(digits.length - end);
  if (end === 0) return `1${zeros}`;
  return `${digits.slice(0, end - 1)}${Number(digits.charAt(end - 1)) + 1}${zeros}`;
}

function withoutZerosInFront(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits.charAt(start) === '0') start += 1;
  return digits.slice(start);
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') end -= 1;
  return digits.slice(0, end);
}
