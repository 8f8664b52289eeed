import { logLines } from './log-lines.ts';
import { cutAtBlank } from './map-stamped-log.ts';
import { compareStamps, parseStamp, type TimeStamp } from './time-stamp.ts';

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
  return [...newest].flatMap(([value, { isPresent }]) => (isPresent ? [value] : []));
}
