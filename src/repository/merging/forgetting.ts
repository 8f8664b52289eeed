import type { CommitFile } from '../branch/commit-writer.ts';
import type { BranchFile } from '../branch/branch-reader.ts';
import { behindStamp, firstWord, stampedLogs, subjectLogs } from '../logs/lines/line-subject.ts';
import { isLocationLogPath } from '../logs/location-log.ts';
import { parseRemoteLog } from '../logs/remote-log.ts';
import { formatStamp, parseStamp } from '../logs/lines/time-stamp.ts';
import { parseTrustLog } from '../logs/trust-log.ts';
import { BallastError } from '../../units/index.ts';

/** The log of the branch that says what it has been rewritten for. */
export const transitionsPath = 'transitions.log';

/** Somebody asks that the branch be rewritten in a way that is not known here. */
export function unknownTransition(message: string): BallastError {
  return new BallastError('UNKNOWN_TRANSITION', message);
}

/** Rewritings that were asked for, each with its stamp: `ForgetGitHistory 1700000000s`. */
export type TransitionSet = ReadonlySet<string>;

const dropping = 'ForgetDeadRemotes';
const known: ReadonlySet<string> = new Set(['ForgetGitHistory', dropping]);

/**
 * What a transitions.log asks for (spec/git-annex-branch.md section 3.8).
 * @throws UNKNOWN_TRANSITION for a line that asks for another one, which a newer git-annex may know.
 */
export function readTransitions(text: string): TransitionSet {
  const strange = linesOf(text).find((line) => transitionOf(line) === undefined);
  if (strange === undefined) return knownTransitions(text);
  throw unknownTransition(
    `it asks for a rewriting that is not known here: ${JSON.stringify(strange.slice(0, 100))}`,
  );
}

/** Transitions that are known here, whatever else it says. */
export function knownTransitions(text: string): TransitionSet {
  return new Set(linesOf(text).flatMap((line) => transitionOf(line) ?? []));
}

/** Whether dead repositories have been dropped (`git annex forget --drop-dead`). */
export function dropsDead(transitions: TransitionSet): boolean {
  return [...transitions].some((transition) => transition.startsWith(`${dropping} `));
}

function linesOf(text: string): string[] {
  return text.split('\n').map(withoutReturn).filter(Boolean);
}

function transitionOf(line: string): string | undefined {
  const [name = '', words = '', ...more] = line.split(' ');
  const stamp = parseStamp(words);
  const isKnown = known.has(name) && stamp !== undefined && more.length === 0;
  return isKnown ? `${name} ${formatStamp(stamp)}` : undefined;
}

/** A line of a log that ends in CRLF without its end. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
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
  for (const [uuid, settings] of parseRemoteLog(remoteLog)) {
    if (uuids.has(settings.get('sameas-uuid') ?? '')) sharing.add(uuid);
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
    if (gone.has(of.subject(withoutReturn(line)))) return [];
    return path === 'remote.log' && sharing.has(firstWord(line)) ? [bareSharing(line)] : [line];
  });
  if (kept.length === lines.length && kept.every((line, at) => line === lines[at])) return text;
  return kept.every((line) => line === '') ? '' : kept.join('\n');
}

/** The logs that lose something with the dead, as changes to a commit. */
export async function* forgotten(
  batches: AsyncIterable<readonly BranchFile[]>,
  dead: Dead,
  signal: AbortSignal | undefined,
): AsyncGenerator<CommitFile, void, undefined> {
  for await (const batch of batches) {
    signal?.throwIfAborted();
    for (const file of batch) {
      const text = withoutDead(file, dead);
      if (text === file.text) continue;
      yield {
        path: file.path,
        content: text === '' ? { kind: 'removed' } : { kind: 'text', text },
      };
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
