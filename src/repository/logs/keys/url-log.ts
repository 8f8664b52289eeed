import type { Key } from '../../../key/index.ts';
import { locationLogPath } from '../location-log.ts';
import { presentValues, setPresentValue } from '../lines/present-values.ts';
import type { TimeStamp } from '../lines/time-stamp.ts';

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

/** A url that a key got, or lost. */
export interface UrlChange {
  readonly url: string;
  readonly isPresent: boolean;
}

/**
 * The log with a url that came or went; the same text when it says so already
 * (spec/special-remotes.md section 6.4).
 *
 * @throws Error when the url would end its line.
 */
export function setUrl(text: string, change: UrlChange & { readonly now: TimeStamp }): string {
  const { url, isPresent, now } = change;
  return setPresentValue(text, { value: url, isPresent, now });
}

/** Whether one of the urls of a log is the web's own, and not another remote's, which has a `:` in front. */
export function hasWebUrl(text: string): boolean {
  return parseUrlLog(text).some((url) => !url.startsWith(':'));
}
