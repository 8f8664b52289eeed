import { isUuid, type Uuid } from '../../units/index.ts';
import { parseMapStampedLog, setMapStampedLog } from './lines/map-stamped-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** What one repository has exported to a special remote. */
export interface LoggedExport {
  /** The repository that exported it. */
  readonly writer: Uuid;
  /** The tree that was exported, then those whose export was begun and did not end: SHAs. */
  readonly trees: readonly string[];
}

/** A repository with the remote that it exports to, as the log names them together. */
type Subject = `${string}:${string}`;

function isSubject(text: string): text is Subject {
  const [writer = '', remote = '', ...rest] = text.split(':');
  return isUuid(writer) && isUuid(remote) && rest.length === 0;
}

const shaShape = /^[0-9a-f]{40,64}$/;

/** `export.log`: what was exported to one special remote (spec/special-remotes.md section 8.1), by whom. */
export function parseExportLog(text: string, remote: Uuid): readonly LoggedExport[] {
  const found: LoggedExport[] = [];
  for (const [subject, { value }] of parseMapStampedLog(text, isSubject)) {
    const [writer = '', to] = subject.split(':');
    if (to !== remote || !isUuid(writer)) continue;
    found.push({ writer, trees: value.split(' ').filter((word) => shaShape.test(word)) });
  }
  return found;
}

/** `export.log`: the trees that were exported to any remote, or begun to be, by whomever: SHAs, each once. */
export function treesOfExportLog(text: string): readonly string[] {
  const trees = new Set<string>();
  for (const { value } of parseMapStampedLog(text, isSubject).values()) {
    for (const word of value.split(' ')) if (shaShape.test(word)) trees.add(word);
  }
  return [...trees];
}

/** The log with what one repository has exported to a remote; the same text when it says so already. */
export function setExport(
  text: string,
  { remote, writer, trees, now }: LoggedExport & { readonly remote: Uuid; readonly now: TimeStamp },
): string {
  const subject: Subject = `${writer}:${remote}`;
  return setMapStampedLog(text, { subject, value: trees.join(' '), now }, isSubject);
}

/** Where the branch keeps it. */
export const exportLogPath = 'export.log';
