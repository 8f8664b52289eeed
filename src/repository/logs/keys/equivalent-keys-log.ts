import type { Key } from '../../../key/index.ts';
import { locationLogPath } from '../location-log.ts';
import { presentValues } from '../lines/present-values.ts';

/**
 * `LOWER/KEYFILE.log.ek`: where the branch keeps what a VURL key was found to be
 * (spec/git-annex-branch.md section 3.1).
 */
export function equivalentKeysLogPath(key: Key): string {
  return `${locationLogPath(key)}.ek`;
}

/** Serialized keys recorded as equivalent to a VURL key. */
export function parseEquivalentKeysLog(text: string): readonly string[] {
  return presentValues(text);
}
