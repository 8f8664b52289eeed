import { endsLine, logLines, unwritableValue } from './log-lines.ts';
import { cutAtBlank } from './map-stamped-log.ts';
import { compareStamps, formatStamp, nextStamp, parseStamp, type TimeStamp } from './time-stamp.ts';

interface Entry {
  readonly isPresent: boolean;
  readonly stamp: TimeStamp;
}

/**
 * The values that a log of the form `STAMP STATUS VALUE` says are there: per value the newest line
 * counts, of equally new ones the first (spec/git-annex-branch.md section 3.2). In the order of
 * their first lines; a value is everything after the status and one space, as it stands. Lines of
 * another form are passed over.
 */
export function presentValues(text: string): readonly string[] {
  return [...newestOf(text)].flatMap(([value, { isPresent }]) => (isPresent ? [value] : []));
}

/**
 * Such a log after a value came or went, with one line for each value: the same text when it says so already, and
 * when what goes was never there.
 *
 * @throws Error when the value would end its line.
 */
export function setPresentValue(
  text: string,
  change: { readonly value: string; readonly isPresent: boolean; readonly now: TimeStamp },
): string {
  const { value, isPresent, now } = change;
  if (endsLine(value)) throw unwritableValue('a value', value, 'it would end its line');
  const newest = newestOf(text);
  const known = newest.get(value);
  if ((known?.isPresent ?? false) === isPresent) return text;
  newest.set(value, { isPresent, stamp: nextStamp(now, known?.stamp) });
  return [...newest]
    .map(([each, { isPresent: isThere, stamp }]) => {
      return `${formatStamp(stamp)} ${isThere ? '1' : '0'} ${each}\n`;
    })
    .join('');
}

function newestOf(text: string): Map<string, Entry> {
  const newest = new Map<string, Entry>();
  for (const line of logLines(text)) {
    const [head, rest = ''] = cutAtBlank(line);
    const [, status, value] = /^([01X]) ([^]*)$/.exec(rest) ?? [];
    const stamp = parseStamp(head);
    if (stamp === undefined || value === undefined) continue;
    const known = newest.get(value);
    if (known === undefined || compareStamps(stamp, known.stamp) > 0) {
      newest.set(value, { isPresent: status === '1', stamp });
    }
  }
  return newest;
}
