import type { Key } from '../../../key/index.ts';
import { locationLogPath } from '../location-log.ts';
import { presentValues } from '../lines/present-values.ts';

/**
 * `LOWER/KEYFILE.log.web`: where the branch keeps the urls of a key (spec/git-annex-branch.md
 * section 3.1).
 */
export function urlLogPath(key: Key): string {
  return `${locationLogPath(key)}.web`;
}

/** The urls recorded for a key and not removed, marks of downloaders such as `yt:` included. */
export function parseUrlLog(text: string): readonly string[] {
  return presentValues(text);
}
