import { isUuid, type Uuid } from '../../units/index.ts';
import { endsLine, logLines, unwritableValue } from './lines/log-lines.ts';
import { compareStamps, formatStamp, nextStamp, noStamp, parseStamp } from './lines/time-stamp.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** What one subject of a log is set to, and since when. */
export interface Stamped<T> {
  readonly value: T;
  readonly stamp: TimeStamp;
}

/** A subject to set, the value as it stands in the log, and the time. */
export interface LogSetting<Subject extends string> {
  readonly subject: Subject;
  readonly value: string;
  readonly now: TimeStamp;
}

const stampWord = ' timestamp=';

/**
 * Logs of the form `UUID VALUE timestamp=Ns` (spec/git-annex-branch.md section 3.3): per UUID the
 * newest value; of equally new ones the last, as git-annex reads them. A line without a stamp is
 * older than any other. Lines that name no UUID are passed over.
 */
export function parseUuidKeyedLog(text: string): Map<Uuid, Stamped<string>> {
  const newest = new Map<Uuid, Stamped<string>>();
  for (const line of logLines(text)) {
    const end = line.indexOf(' ');
    const uuid = end < 0 ? line : line.slice(0, end);
    if (!isUuid(uuid)) continue;
    const entry = valueAndStamp(end < 0 ? '' : line.slice(end));
    const known = newest.get(uuid);
    if (known === undefined || compareStamps(entry.stamp, known.stamp) >= 0) {
      newest.set(uuid, entry);
    }
  }
  return newest;
}

/** The text of such a log, sorted by UUID. Values without a stamp stay without. */
function formatUuidKeyedLog(entries: ReadonlyMap<Uuid, Stamped<string>>): string {
  return sortedBySubject(entries)
    .map(([uuid, { value, stamp }]) =>
      stamp === noStamp
        ? `${uuid} ${value}\n`
        : `${uuid} ${value}${stampWord}${formatStamp(stamp)}\n`,
    )
    .join('');
}

/** The log with one value set: the same text when that is its value already. */
export function setUuidKeyedLog(text: string, setting: LogSetting<Uuid>): string {
  return withSetting(text, setting, { parse: parseUuidKeyedLog, format: formatUuidKeyedLog });
}

/**
 * Sets a subject of a log that is a map, whatever the form of its lines.
 *
 * @throws Error when the value would end its line.
 */
export function withSetting<Subject extends string>(
  text: string,
  setting: LogSetting<Subject>,
  form: {
    parse: (text: string) => Map<Subject, Stamped<string>>;
    format: (entries: ReadonlyMap<Subject, Stamped<string>>) => string;
  },
): string {
  const { subject, value } = setting;
  if (endsLine(value)) throw unwritableValue('the value', value, 'it would end the line');
  const entries = form.parse(text);
  const known = entries.get(subject);
  if (known?.value === value) return text;
  entries.set(subject, { value, stamp: nextStamp(setting.now, known?.stamp) });
  return form.format(entries);
}

/** The entries of a log in the order that git-annex writes them. */
export function sortedBySubject<Subject extends string, T>(
  entries: ReadonlyMap<Subject, T>,
): [Subject, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Splits ` VALUE timestamp=5s`; only the last such word is a stamp, and only at the very end. */
function valueAndStamp(rest: string): Stamped<string> {
  const at = rest.lastIndexOf(stampWord);
  const stamp = at < 0 ? undefined : parseStamp(rest.slice(at + stampWord.length));
  if (stamp === undefined) return { value: rest.slice(1), stamp: noStamp };
  return { value: rest.slice(1, Math.max(at, 1)), stamp };
}
