import { isUuid } from '../../../units/index.ts';
import { compactLocationLog, isLocationLogPath } from '../location-log.ts';
import { logLines } from './log-lines.ts';
import { cutAtBlank } from './map-stamped-log.ts';
import { compareStamps, noStamp, parseStamp, type TimeStamp } from './time-stamp.ts';

interface Subject {
  readonly name: string;
  readonly stamp: TimeStamp;
}

/** Logs whose lines can be told to be superseded, and how a line names its subject. */
const subjects: ReadonlyMap<string, (line: string) => Subject | undefined> = new Map([
  ...['uuid', 'trust', 'group', 'preferred-content', 'required-content', 'schedule', 'remote'].map(
    (name) => [`${name}.log`, lastWordStamped] as const,
  ),
  ...['group-preferred-content', 'maxsize', 'cluster', 'proxy', 'config'].map(
    (name) => [`${name}.log`, firstWordStamped] as const,
  ),
  ...['numcopies', 'mincopies'].map((name) => [`${name}.log`, valueStamped] as const),
]);

/**
 * A file of the branch without the lines that a newer one of the same subject supersedes, as
 * git-annex leaves them out when it writes the file anew. Lines that say nothing to us stay, except
 * in location logs. Files of other forms stay as they are.
 */
export function compactLog(path: string, text: string): string {
  if (isLocationLogPath(path)) return compactLocationLog(text);
  const subjectOf = subjects.get(path);
  if (subjectOf === undefined) return text;
  const lines = logLines(text).map((line) => ({ line, subject: subjectOf(line) }));
  const newest = new Map<string, TimeStamp>();
  for (const { subject } of lines) {
    if (subject === undefined) continue;
    const known = newest.get(subject.name);
    if (known === undefined || compareStamps(subject.stamp, known) > 0) {
      newest.set(subject.name, subject.stamp);
    }
  }
  const kept = lines.filter(({ subject }) => {
    const latest = subject === undefined ? undefined : newest.get(subject.name);
    return subject === undefined || latest === undefined || !isOlder(subject.stamp, latest);
  });
  return kept.length === lines.length ? text : kept.map(({ line }) => line).join('\n');
}

function isOlder(stamp: TimeStamp, than: TimeStamp): boolean {
  return compareStamps(stamp, than) < 0;
}

function lastWordStamped(line: string): Subject | undefined {
  const [name] = cutAtBlank(line);
  if (!isUuid(name)) return undefined;
  const stamp = parseStamp(/ timestamp=(\S+)$/.exec(line)?.[1] ?? '');
  return { name, stamp: stamp ?? noStamp };
}

function firstWordStamped(line: string): Subject | undefined {
  const [head, rest] = cutAtBlank(line);
  const stamp = parseStamp(head);
  if (stamp === undefined || rest === undefined) return undefined;
  const [name, value] = cutAtBlank(rest);
  return value === undefined ? undefined : { name, stamp };
}

function valueStamped(line: string): Subject | undefined {
  const [head, rest] = cutAtBlank(line);
  const stamp = parseStamp(head);
  return stamp === undefined || !/^\s*-?\d/.test(rest ?? '') ? undefined : { name: '', stamp };
}
