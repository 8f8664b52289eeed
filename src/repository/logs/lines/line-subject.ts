import { parseStamp } from './time-stamp.ts';

/**
 * Logs at the top of the branch with a repository at the start of each line
 * (spec/git-annex-branch.md section 3.3); trust.log is one, too.
 */
export const subjectLogs: ReadonlySet<string> = new Set(
  [
    'uuid',
    'group',
    'preferred-content',
    'required-content',
    'schedule',
    'remote',
    'activity',
    'multicast',
    'difference',
  ].map((name) => `${name}.log`),
);

/** Logs at the top of the branch with a repository behind the stamp of each line. */
export const stampedLogs: ReadonlySet<string> = new Set([
  'maxsize.log',
  'cluster.log',
  'proxy.log',
]);

/** The first word of a line. */
export function firstWord(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}

/** A line without the stamp that it begins with; nothing when it begins with none. */
export function behindStamp(line: string): string {
  const at = line.indexOf(' ');
  return at < 0 || parseStamp(line.slice(0, at)) === undefined ? '' : line.slice(at + 1);
}
