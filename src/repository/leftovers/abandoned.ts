import type { FileStatus } from '../files/system-calls.ts';
import type { System } from '../system.ts';
import type { SeenProcess } from './processes.ts';

/** How long before the machine's start a file must have been written to be of an earlier one. */
const bootSlackMs = 5 * 60_000;

/**
 * Commands of git that hold no lock and write no file of a repository, or leave that to programs that
 * they start. The rest may do so without having it open: a prepared transaction of update-ref keeps
 * its locks by their names alone.
 */
const harmlessCommands: ReadonlySet<string> = new Set([
  'annex',
  'cat-file',
  'check-attr',
  'check-ignore',
  'daemon',
  'diff-tree',
  'for-each-ref',
  'http-backend',
  'log',
  'ls-files',
  'ls-tree',
  'rev-list',
  'rev-parse',
  'upload-pack',
  'version',
]);

/** Options of git itself that are followed by a word of their own. */
const optionsWithWord: ReadonlySet<string> = new Set([
  '-c',
  '-C',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
]);

/** The first process of a machine, which may not be looked at and works on no repository. */
const initPid = 1;

/** A file that whoever made it was to remove again. */
export interface LeftFile {
  /** Its last names: what a descriptor on it ends with, by whatever mount it was reached. */
  readonly pathEnd: string;
  readonly status: FileStatus;
  /** When it was seen first, seconds since the machine started. */
  readonly seenSeconds: number;
}

/** A machine at one moment, as {@link seenMachine} gives it. */
export interface Seen {
  readonly processes: readonly SeenProcess[] | undefined;
  readonly bootMs: number;
}

/** Looks at the processes of a machine. */
export async function seenMachine({
  clock,
  processes,
}: Pick<System, 'clock' | 'processes'>): Promise<Seen> {
  const bootMs = clock.wallMs() - processes.uptimeSeconds() * 1000;
  return { processes: await processes.all(), bootMs };
}

/**
 * Whether nobody can be at work on a file any more: it is older than the machine's start, or none of
 * the processes that lived when it was seen first lives and may hold it.
 * @param machine.processes all of it; `undefined` when they cannot all be seen.
 * @param machine.bootMs when it started, by the clock that files are stamped by.
 */
export function isAbandoned(file: LeftFile, { processes, bootMs }: Seen): boolean {
  if (file.status.mtimeMs < bootMs - bootSlackMs) return true;
  return processes !== undefined && !processes.some((process) => mayHold(process, file));
}

function mayHold(process: SeenProcess, file: LeftFile): boolean {
  if (process.opens?.some((path) => path.endsWith(file.pathEnd)) === true) return true;
  // Who came after the file was seen has not made it. The start of a process is given in ticks.
  if (process.startSeconds > file.seenSeconds + 1) return false;
  if (process.opens === undefined && process.uid === file.status.uid && process.pid !== initPid) {
    return true;
  }
  return mayWriteByGit(process);
}

function mayWriteByGit({ program, words }: SeenProcess): boolean {
  if (program !== 'git') return /^git-(?!annex|daemon|shell|upload|http|remote)/.test(program);
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (optionsWithWord.has(word)) index += 1;
    else if (!word.startsWith('-')) return !harmlessCommands.has(word);
  }
  return true;
}
