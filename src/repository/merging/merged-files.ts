import type { Difference } from '../branch/commits.ts';
import type { Clock } from '../../clock/index.ts';
import { decodeText } from '../../units/index.ts';
import { isPlain, type BranchReader } from '../branch/branch-reader.ts';
import type { CommitFile } from '../branch/commit-writer.ts';
import { unionMerge } from '../branch/union-merge.ts';
import type { CatFileAnswer } from '../git/cat-file-answers.ts';
import { isBranchPath, isFileMode } from './branch-path.ts';
import type { MergeTally } from './merge-tally.ts';

/** How large a log may become. */
export interface LogRoom {
  readonly lines: number;
  readonly bytes: number;
}

/**
 * Largest log that a merge leaves, hundreds of times what real ones have: there is a line for each
 * repository. To judge and unite two of this size took 40 to 130 milliseconds on a small machine that
 * was busy, in which nothing else is answered. It is the union that is bounded, so that no row of
 * merges makes a log that nothing is merged into any more.
 */
export const mergedRoom: LogRoom = { lines: 10_000, bytes: 4 * 1024 * 1024 };

/** What a filter lets in leaves as much room again for those who need none. */
export const filteredRoom: LogRoom = { lines: 5_000, bytes: 2 * 1024 * 1024 };

/**
 * Largest log that is read for a merge: what the gateway writes itself is written whatever a log's
 * size, and must not close it for others.
 */
export const ownRoom: LogRoom = { lines: 15_000, bytes: 6 * 1024 * 1024 };

/** How long files are merged before others get their turn, milliseconds. */
const turnMs = 10;

/** Most files that one merge looks at: a git-annex branch of a million keys has about so many. */
const mergedFilesMax = 4_000_000;

/** Most bytes of logs that one merge reads. */
const mergedBytesMax: number = 2 * 1024 * 1024 * 1024;

/** Most paths with line ends, which cannot be asked for like others. */
const strangePathsMax = 1000;

/** Decides what of another version's file may come in. */
export interface MergeFilter {
  /**
   * The lines that may come in of a file; the others are told to the tally.
   *
   * @param file.ours `''` when we have no such file.
   */
  admitted(
    file: { readonly path: string; readonly ours: string; readonly theirs: string },
    tally: MergeTally,
  ): string;
}

/** Two versions of the branch, and a third to put what differs into. */
export interface MergeSource {
  /** The commit, or tree, whose files are ours. */
  readonly base: string;
  /** What differs from `from` in `to` is theirs; mostly `from` is the base. */
  readonly from: string;
  readonly to: string;
}

/** What merging needs to be done with. */
export interface MergeTools {
  readonly clock: Clock;
  readonly reader: BranchReader;
  /** Default: all may come in. */
  readonly filter?: MergeFilter | undefined;
  /** How large a log may become. Default: {@link mergedRoom}, with a filter {@link filteredRoom}. */
  readonly room?: LogRoom | undefined;
  readonly tally: MergeTally;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What another version brings, as changes to the base: of its own files all, of those that both have
 * the union of their lines. Nothing of the base ever goes. What cannot be read, and what is no log of
 * the branch, is left out and told to the tally. Streams; memory holds a few logs.
 */
export async function* mergedFiles(
  source: MergeSource,
  tools: MergeTools,
): AsyncGenerator<CommitFile, void, undefined> {
  const { clock, reader, tally, signal } = tools;
  let ours: Side | undefined;
  let turnedMs = clock.steadyMs();
  for await (const batch of reader.objects(sidesOf(source, tools), {
    nameOf: ({ name }) => name,
    bytesMax: ownRoom.bytes,
    signal,
  })) {
    signal?.throwIfAborted();
    for (const { asked, answer } of batch) {
      const side = sideOf(asked.name, answer);
      tally.countBytes(side.bytes, mergedBytesMax);
      if (asked.side === 'ours') {
        ours = side;
        continue;
      }
      const file = merged({ path: asked.path, ours: ours ?? missing, theirs: side }, tools);
      if (file !== undefined) yield file;
      if (clock.steadyMs() - turnedMs < turnMs) continue;
      await clock.turn();
      turnedMs = clock.steadyMs();
    }
  }
}

interface Question {
  readonly path: string;
  readonly side: 'ours' | 'theirs';
  readonly name: string;
}

/** The objects to read: of each file that theirs has otherwise, ours and then theirs. */
async function* sidesOf(
  source: MergeSource,
  tools: MergeTools,
): AsyncGenerator<Question[], void, undefined> {
  const { reader, tally, signal } = tools;
  let strangePaths = 0;
  for await (const file of reader.differences(source, { signal })) {
    tally.countFile(mergedFilesMax);
    const { path, after } = file;
    if (after === undefined) {
      tally.isLacking = true;
      continue;
    }
    const isStrange = !isPlain(path);
    if (isStrange) strangePaths += 1;
    const reason = refusalOf(file) ?? (strangePaths > strangePathsMax ? 'too many such names' : '');
    if (reason !== '') {
      tally.isLacking = true;
      tally.leaveOut({ path, line: undefined, reason });
      continue;
    }
    const known = source.base === source.from ? file.before : undefined;
    const shown = isStrange ? await reader.shaOf(path, source.base) : `${source.base}:${path}`;
    yield [
      { path, side: 'ours', name: known ?? shown ?? noObject },
      { path, side: 'theirs', name: after },
    ];
  }
}

/** A name that no object has. */
const noObject = '0'.repeat(40);

function refusalOf({ path, beforeMode, afterMode }: Difference): string | undefined {
  if (!isBranchPath(path)) return 'it is no log of the git-annex branch';
  return isFileMode(afterMode) && (isFileMode(beforeMode) || /^0+$/.test(beforeMode))
    ? undefined
    : 'it is no file';
}

interface Side {
  readonly name: string;
  readonly bytes: number;
  /** `undefined` when it cannot be read. */
  readonly text: string | undefined;
  readonly isMissing: boolean;
}

const missing: Side = { name: noObject, bytes: 0, text: '', isMissing: true };

function sideOf(name: string, answer: CatFileAnswer): Side {
  if (answer.kind === 'missing') return { ...missing, name };
  const side = { name, isMissing: false };
  if (answer.kind === 'tooLarge') {
    return { ...side, bytes: answer.error.data.sizeBytes, text: undefined };
  }
  const { type, bytes } = answer.object;
  const isRead = type === 'blob' && hasLines(bytes);
  return { ...side, bytes: bytes.length, text: isRead ? decodeText(bytes) : undefined };
}

function hasLines(bytes: Uint8Array): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    lines += 1;
    if (lines > ownRoom.lines) return false;
  }
  return true;
}

function fits(text: string, { lines, bytes }: LogRoom): boolean {
  let left = lines;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    left -= 1;
    if (left < 0) return false;
  }
  return Buffer.byteLength(text) <= bytes;
}

function merged(
  file: { readonly path: string; readonly ours: Side; readonly theirs: Side },
  { filter, tally, room = filter === undefined ? mergedRoom : filteredRoom }: MergeTools,
): CommitFile | undefined {
  const { path, ours, theirs } = file;
  if (ours.text === undefined || theirs.text === undefined || theirs.isMissing) {
    tally.isLacking = true;
    tally.leaveOut({ path, line: undefined, reason: 'it is too large, or cannot be read' });
    return undefined;
  }
  const texts = { ours: ours.text, theirs: theirs.text };
  const admitted = filter === undefined ? texts.theirs : filter.admitted({ path, ...texts }, tally);
  const union = unionMerge(texts.ours, admitted);
  if (union !== texts.theirs) tally.isLacking = true;
  if (union !== texts.ours && !fits(union, room)) {
    tally.isLacking = true;
    tally.leaveOut({ path, line: undefined, reason: 'the log would become too large' });
    return undefined;
  }
  if (ours.isMissing) {
    if (admitted === texts.theirs) return { path, content: { kind: 'blob', sha: theirs.name } };
    return union === '' ? undefined : { path, content: { kind: 'text', text: union } };
  }
  return union === texts.ours ? undefined : { path, content: { kind: 'text', text: union } };
}
