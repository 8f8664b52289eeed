import { decodeText } from '../../units/index.ts';
import {
  differences,
  isPlain,
  type BranchReader,
  type Difference,
} from '../branch/branch-reader.ts';
import type { CommitFile } from '../branch/commit-writer.ts';
import { unionMerge } from '../branch/union-merge.ts';
import { ObjectTooLargeError, type CatFileAnswer } from '../git/cat-file-answers.ts';
import { readObjectBatches } from '../git/read-objects.ts';
import { isBranchPath, isFileMode } from './branch-path.ts';
import type { MergeTally } from './merge-tally.ts';

/**
 * Largest log that is merged: hundreds of times what real ones have. To merge one this large takes
 * tens of milliseconds, in which nothing else is answered.
 */
export const mergedLogBytesMax: number = 4 * 1024 * 1024;

/** Most lines of a log that is merged, for the same reason: there is one for each repository. */
export const mergedLogLinesMax = 50_000;

/** Most files that one merge looks at: a git-annex branch of a million keys has about so many. */
export const mergedFilesMax = 4_000_000;

/** Most bytes of logs that one merge reads. */
export const mergedBytesMax: number = 2 * 1024 * 1024 * 1024;

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
  readonly directory: string;
  readonly reader: BranchReader;
  /** Default: all may come in. */
  readonly filter?: MergeFilter | undefined;
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
  const { directory, tally, signal } = tools;
  let ours: Side | undefined;
  for await (const batch of readObjectBatches(sidesOf(source, tools), {
    directory,
    nameOf: ({ name }) => name,
    bytesMax: mergedLogBytesMax,
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
  const { directory, reader, tally, signal } = tools;
  let strangePaths = 0;
  for await (const file of differences(directory, source, { signal })) {
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
  if (answer === undefined) return { ...missing, name };
  const side = { name, isMissing: false };
  if (answer instanceof ObjectTooLargeError) {
    return { ...side, bytes: answer.sizeBytes, text: undefined };
  }
  const isRead = answer.type === 'blob' && hasLines(answer.bytes);
  return {
    ...side,
    bytes: answer.bytes.length,
    text: isRead ? decodeText(answer.bytes) : undefined,
  };
}

function hasLines(bytes: Uint8Array): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    lines += 1;
    if (lines > mergedLogLinesMax) return false;
  }
  return true;
}

function merged(
  file: { readonly path: string; readonly ours: Side; readonly theirs: Side },
  { filter, tally }: MergeTools,
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
  if (ours.isMissing) {
    if (admitted === texts.theirs) return { path, content: { sha: theirs.name } };
    return union === '' ? undefined : { path, content: { text: union } };
  }
  return union === texts.ours ? undefined : { path, content: { text: union } };
}
