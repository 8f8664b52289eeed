/**
 * Which version of git-annex an expression is read for. The language grew, and what a repository
 * whose git-annex does not know a word does with it is to keep what is there and fetch nothing, so
 * a fleet of several versions speaks only what the oldest of them understands (spec/newest.md
 * section 1).
 */
import type { LargeNumbers } from '../../units/index.ts';

/**
 * A version of git-annex, such as 10.20250416; made by {@link parseDialect} and the constants here.
 */
export interface Dialect {
  /** As git-annex prints it, without what a build adds behind a `-`. */
  readonly version: string;
  /** The repository version that stands first. */
  readonly major: number;
  /** The day of the release, as the number YYYYMMDD. */
  readonly day: number;
}

/** Longest version text that is read. */
const versionLengthMax = 64;

const versionText = /^(\d{1,4})\.(\d{8})(?:\.\d+)?(?:[-+~].*)?$/;

/**
 * The dialect that a version of git-annex speaks, such as `10.20250416`; `undefined` for other
 * texts.
 */
export function parseDialect(text: string): Dialect | undefined {
  if (text.length > versionLengthMax) return undefined;
  const [, major, day] = versionText.exec(text) ?? [];
  return major === undefined || day === undefined ? undefined : made(Number(major), Number(day));
}

/** Below 0 when the left version is older, above 0 when it is newer. */
export function compareDialects(left: Dialect, right: Dialect): number {
  return left.major - right.major || left.day - right.day;
}

/** Whether what came with `since` is there in a dialect. */
export function isAtLeast(dialect: Dialect, since: Dialect): boolean {
  return compareDialects(dialect, since) >= 0;
}

/** A version in which the language changed, by what came with it; {@link dialects} has them. */
export type DialectName = 'reference' | 'balancedLackingCopies' | 'url' | 'groupLimits' | 'newest';

/**
 * The versions in which the language changed since 10.20250416, which is the oldest one known
 * exactly; of older ones only the terms that were not there yet are known.
 */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  /** What spec/expressions.md describes. */
  reference: made(10, 20250416),
  /**
   * `balanced=GROUP:lackingcopies` is accepted; git-annex answers it wrongly until `groupLimits`.
   */
  balancedLackingCopies: made(10, 20250520),
  /** `url=GLOB`. */
  url: made(10, 20250721),
  /** Group limits, `lackingcopies=GROUP:N`, and an empty groupwanted entry counts as none. */
  groupLimits: made(10, 20260901),
  /**
   * What spec/newest.md describes. Numbers of 2^63 and more are rounded, not cut: that came with
   * the compiler, and is only known to be so in this version.
   */
  newest: made(10, 20261026),
};

/**
 * The dialect where nothing else is said, the gateway included: the newest one known. Where clients
 * or nodes run an older git-annex, expressions are to be checked for that version too.
 */
export const dialectDefault: Dialect = dialects.newest;

/** How numbers of 2^63 and more become doubles in a dialect (spec/newest.md section 2.2). */
export function largeNumbersOf(dialect: Dialect): LargeNumbers {
  return isAtLeast(dialect, dialects.newest) ? 'nearest' : 'cut';
}

function made(major: number, day: number): Dialect {
  return { version: `${major}.${day}`, major, day };
}
