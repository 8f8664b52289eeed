import type { CommitFile } from '../branch/commit-writer.ts';
import type { BranchFile } from '../branch/branch-reader.ts';
import { behindStamp, firstWord, stampedLogs, subjectLogs } from '../logs/lines/line-subject.ts';
import { isLocationLogPath } from '../logs/location-log.ts';
import { parseTrustLog } from '../logs/trust-log.ts';

/** The log of the branch that says what it has been rewritten for. */
export const transitionsPath = 'transitions.log';

/** What `git annex forget` asks for. */
export interface Forgetting {
  /** Whether the logs lose what they say of dead repositories (`--drop-dead`). */
  readonly dropsDead: boolean;
}

/** Somebody asks that the branch be rewritten in a way that is not known here. */
export class UnknownTransitionError extends Error {
  override readonly name = 'UnknownTransitionError';
  readonly code = 'unknown-transition';
}

const known: ReadonlySet<string> = new Set(['ForgetGitHistory', 'ForgetDeadRemotes']);

/**
 * What a transitions.log asks for (spec/git-annex-branch.md section 3.8): a line for each transition,
 * `ForgetGitHistory 1700000000s`.
 * @throws UnknownTransitionError for another one, which a newer git-annex may know.
 */
export function readTransitions(text: string): Forgetting {
  for (const line of text.split('\n').filter(Boolean)) {
    const [name = ''] = line.split(' ', 1);
    if (!known.has(name)) {
      throw new UnknownTransitionError(
        `it asks for a rewriting that is not known here: ${JSON.stringify(line.slice(0, 100))}`,
      );
    }
  }
  return { dropsDead: dropsDeadBy(text) };
}

/** Whether a transitions.log says that dead repositories have been dropped, whatever else it says. */
export function dropsDeadBy(text: string): boolean {
  return /^ForgetDeadRemotes /m.test(text);
}

/** Repositories of which nothing is kept, and what shares the store of one. */
export interface Dead {
  readonly uuids: ReadonlySet<string>;
  /** Special remotes whose `sameas-uuid` is a dead one: only their chunk logs go with it. */
  readonly sharing: ReadonlySet<string>;
}

/** Who is dead by trust.log, and by remote.log shares with them. */
export function deadIn(trustLog: string, remoteLog: string): Dead {
  const trust = [...parseTrustLog(trustLog)];
  const uuids = new Set<string>(trust.flatMap(([uuid, level]) => (level === 'dead' ? uuid : [])));
  const sharing = new Set<string>();
  for (const line of remoteLog.split('\n')) {
    const of = sameAs.exec(line)?.[1];
    if (of !== undefined && uuids.has(of)) sharing.add(firstWord(line));
  }
  return { uuids, sharing };
}

const sameAs = / sameas-uuid=(\S+)/;

const keyLog = /\/[^/]+\.log\.(?<kind>cnk|rmt|rmet|cid)$/s;

/**
 * A log without what it says of dead repositories, as `git annex forget --drop-dead` leaves it
 * (spec/git-annex-branch.md section 3.8). What is no line of such a log stays; trust.log does, since
 * a remote that is still there has to be known as dead, and export.log.
 */
export function withoutDead({ path, text }: BranchFile, dead: Dead): string {
  const of = subjectsOf(path);
  if (of === undefined) return text;
  const { uuids, sharing } = dead;
  const gone = of.isChunks ? new Set([...uuids, ...sharing]) : uuids;
  const lines = text.split('\n');
  const kept = lines.flatMap((line) => {
    if (gone.has(of.subject(line))) return [];
    return path === 'remote.log' && sharing.has(firstWord(line)) ? [bareSharing(line)] : [line];
  });
  if (kept.length === lines.length && kept.every((line, at) => line === lines[at])) return text;
  return kept.every((line) => line === '') ? '' : kept.join('\n');
}

/** The logs that lose something with the dead, as changes to a commit. */
export async function* forgotten(
  batches: AsyncIterable<readonly BranchFile[]>,
  dead: Dead,
): AsyncGenerator<CommitFile, void, undefined> {
  for await (const batch of batches) {
    for (const file of batch) {
      const text = withoutDead(file, dead);
      if (text === file.text) continue;
      yield { path: file.path, content: text === '' ? 'removed' : { text } };
    }
  }
}

/** Whether a log can say something of a repository that goes with it. */
export function mayForget(path: string): boolean {
  return subjectsOf(path) !== undefined;
}

interface Subjects {
  readonly isChunks: boolean;
  /** Whom a line is about. */
  subject(line: string): string;
}

function subjectsOf(path: string): Subjects | undefined {
  if (subjectLogs.has(path)) return { isChunks: false, subject: firstWord };
  if (stampedLogs.has(path)) {
    return { isChunks: false, subject: (line) => firstWord(behindStamp(line)) };
  }
  if (isLocationLogPath(path)) {
    return { isChunks: false, subject: (line) => line.split(' ')[2] ?? '' };
  }
  switch (keyLog.exec(path)?.groups?.['kind']) {
    case 'cnk':
      return { isChunks: true, subject: (line) => behindStamp(line).split(':', 1)[0] ?? '' };
    case 'rmet':
      // A line without a colon is of no repository.
      return { isChunks: false, subject: (line) => /^\S+ ([^ :]+):/.exec(line)?.[1] ?? '' };
    case 'rmt':
    case 'cid':
      return { isChunks: false, subject: (line) => firstWord(behindStamp(line)) };
    default:
      return undefined;
  }
}

/** Of what shares a dead store only that it does so stays. */
function bareSharing(line: string): string {
  const stamp = / timestamp=\S+$/.exec(line)?.[0] ?? '';
  return `${firstWord(line)}${sameAs.exec(line)?.[0] ?? ''}${stamp}`;
}
