import { endsLine, logLines, unwritableValue } from './log-lines.ts';
import { compareStamps, formatStamp, parseStamp } from './time-stamp.ts';
import { sortedBySubject, withSetting, type LogSetting, type Stamped } from '../uuid-keyed-log.ts';

/**
 * Logs of the form `STAMP SUBJECT VALUE` (spec/git-annex-branch.md section 3.3, "Stamp first"): per
 * subject the newest value; of equally new ones the last, as git-annex reads them. The value is
 * everything after the subject and one space. Lines of another form are passed over.
 */
export function parseMapStampedLog<Subject extends string>(
  text: string,
  isSubject: (text: string) => text is Subject,
): Map<Subject, Stamped<string>> {
  const newest = new Map<Subject, Stamped<string>>();
  for (const line of logLines(text)) {
    const [head, rest] = cutAtBlank(line);
    if (rest === undefined) continue;
    const [subject, value] = cutAtBlank(rest);
    const stamp = parseStamp(head);
    // A line without a space after its subject has no value and does not count, as in git-annex.
    if (stamp === undefined || value === undefined || !isSubject(subject)) continue;
    const known = newest.get(subject);
    if (known === undefined || compareStamps(stamp, known.stamp) >= 0) {
      newest.set(subject, { value, stamp });
    }
  }
  return newest;
}

/** The text of such a log, sorted by subject. */
function formatMapStampedLog<Subject extends string>(
  entries: ReadonlyMap<Subject, Stamped<string>>,
): string {
  return sortedBySubject(entries)
    .map(([subject, { value, stamp }]) => `${formatStamp(stamp)} ${subject} ${value}\n`)
    .join('');
}

/**
 * The log with one value set: the same text when that is its value already.
 *
 * @throws Error when subject or value would be read as something else.
 */
export function setMapStampedLog<Subject extends string>(
  text: string,
  setting: LogSetting<Subject>,
  isSubject: (text: string) => text is Subject,
): string {
  const { subject } = setting;
  if (!isSubject(subject) || subject.includes(' ') || endsLine(subject)) {
    throw unwritableValue('the name', subject, 'a name there is one word');
  }
  return withSetting(text, setting, {
    parse: (text) => parseMapStampedLog(text, isSubject),
    format: formatMapStampedLog,
  });
}

/** What stands before and after the first space; no second part when there is none. */
export function cutAtBlank(text: string): [string, string | undefined] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
