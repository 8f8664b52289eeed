import type { BranchReader } from '../branch/branch-reader.ts';
import type { CommitParts } from '../branch/journal-committer.ts';
import { unionMerge } from '../branch/union-merge.ts';
import { keepingExportedTrees } from '../export/exported-trees-kept.ts';
import { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import {
  deadIn,
  dropsDead,
  forgotten,
  knownTransitions,
  mayForget,
  readTransitions,
  transitionsPath,
  unknownTransition,
  withoutDead,
  type Dead,
  type TransitionSet,
} from './forgetting.ts';
import type { MergeFilter } from './merged-files.ts';
import { MergeTally } from './merge-tally.ts';

/** Two versions of the branch. */
interface Versions {
  readonly sha: string;
  readonly tip: string | undefined;
  readonly reader: BranchReader;
}

/** A commit that begins a new history. */
export interface Rewritten {
  readonly to: string;
  /** Of whom it says nothing any more. */
  readonly forgets: Dead;
}

const nobody: Dead = { uuids: new Set(), sharing: new Set() };

/** What becomes of the branch when it, or another version of it, is asked to forget. */
export class Transitions {
  readonly #parts: CommitParts;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** What a commit of the branch has been rewritten for. */
  async of(commit: string): Promise<TransitionSet> {
    return knownTransitions(await textOf(transitionsPath, commit, this.#parts.reader));
  }

  /**
   * What theirs asks to forget that ours has not forgotten, together with what ours has; and whether
   * theirs has forgotten what ours has.
   *
   * @param options.mayForget whether it may ask.
   * @throws UNKNOWN_TRANSITION when it asks, and not for what is known here.
   */
  async between(
    { sha, tip, reader }: Versions,
    options: { readonly mayForget: boolean },
  ): Promise<{ readonly asked: TransitionSet | undefined; readonly areDone: boolean }> {
    const ours = tip === undefined ? new Set<string>() : await this.of(tip);
    const theirs = options.mayForget
      ? readTransitions(await readSurely(sha, reader))
      : knownTransitions(await textOf(transitionsPath, sha, reader));
    const isAsked = options.mayForget && [...theirs].some((each) => !ours.has(each));
    return {
      // A repository without a branch takes theirs as it is.
      asked: isAsked && tip !== undefined ? new Set([...ours, ...theirs]) : undefined,
      areDone: [...ours].every((each) => theirs.has(each)),
    };
  }

  /** A filter that lets nothing back in that ours has forgotten, of a version that has not. */
  async keeping(
    { sha, tip, reader }: Versions,
    chosen: MergeFilter | undefined,
  ): Promise<MergeFilter | undefined> {
    if (tip === undefined || !dropsDead(await this.of(tip))) return chosen;
    // Who is dead is not for lines to say that do not come in.
    const united = async (path: string): Promise<string> => {
      const ours = await textOf(path, tip, this.#parts.reader);
      const theirs = await textOf(path, sha, reader);
      const admitted = chosen?.admitted({ path, ours, theirs }, new MergeTally());
      return unionMerge(ours, admitted ?? theirs);
    };
    const dead = deadIn(await united('trust.log'), await united('remote.log'));
    return {
      admitted: (file, tally) => {
        const { path } = file;
        const theirs = withoutDead({ path, text: file.theirs }, dead);
        if (theirs !== file.theirs) {
          const reason = 'it says something of a repository that has been forgotten here';
          tally.leaveOut({ path, line: undefined, reason });
        }
        return chosen?.admitted({ ...file, theirs }, tally) ?? theirs;
      },
    };
  }

  /**
   * A commit of the files of another one, without a history, and without what is to be forgotten.
   * @throws UNKNOWN_TRANSITION when that other one does not say what it is rewritten for.
   */
  async rewritten(
    merged: string,
    parts: {
      readonly message: string;
      readonly asked: TransitionSet;
      readonly reader: BranchReader;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<Rewritten> {
    const { message, asked, reader, signal } = parts;
    const said = knownTransitions(await textOf(transitionsPath, merged, reader));
    if (![...asked].every((each) => said.has(each))) {
      throw unknownTransition(`its ${transitionsPath} is no log that can be merged`);
    }
    const { commits, identity } = this.#parts;
    const tree = (await commits.object(`${merged}^{tree}`))?.sha;
    if (tree === undefined) throw new Error(`${merged} was written, and has no tree`);
    const read = (path: string): Promise<string> => textOf(path, merged, reader);
    const forgets = dropsDead(asked)
      ? deadIn(await read('trust.log'), await read('remote.log'))
      : nobody;
    const batches = reader.scanBatches(merged, mayForget);
    const files = forgets === nobody ? [] : forgotten(batches, forgets, signal);
    const note = { message: `${message}, and forgetting`, identity: identity() };
    const commit = { ...note, parents: [], tree, timeMs: this.#parts.system.clock.wallMs(), files };
    const begun = await commits.write(commit);
    const to = await keepingExportedTrees(begun, { ...this.#parts, known: undefined });
    return { to, forgets };
  }

  /**
   * git-annex makes its index anew where there is none; from this one the forgotten would come back.
   * Its note of the index goes first: an index that is gone beside a note that calls it whole is taken
   * for an empty branch.
   */
  async forgetIndex(): Promise<void> {
    const { gitDirectory, disk } = this.#parts;
    await disk.remove(`${gitDirectory}/annex/index.lck`);
    await disk.remove(`${gitDirectory}/annex/index`);
  }
}

/** Lets nothing in by which the branch would be taken for one that has forgotten. */
export const keepingHistory: MergeFilter = {
  admitted: ({ path, ours, theirs }, tally) => {
    if (path !== transitionsPath || theirs === ours) return theirs;
    const reason = 'only who may write everything has the branch forget';
    tally.leaveOut({ path, line: undefined, reason });
    return ours;
  },
};

/** A filter that says nothing of what has been forgotten, for changes of our own. */
export function withoutForgotten(forgets: Dead): MergeFilter {
  return { admitted: ({ path, theirs }) => withoutDead({ path, text: theirs }, forgets) };
}

/** A file of a commit; nothing for none, and for one that is too large to be read. */
async function textOf(path: string, commit: string, reader: BranchReader): Promise<string> {
  try {
    return (await reader.read(path, commit)) ?? '';
  } catch (error) {
    if (error instanceof ObjectTooLargeError) return '';
    throw error;
  }
}

async function readSurely(commit: string, reader: BranchReader): Promise<string> {
  try {
    return (await reader.read(transitionsPath, commit)) ?? '';
  } catch (error) {
    if (!(error instanceof ObjectTooLargeError)) throw error;
    throw unknownTransition(`its ${transitionsPath} is too large to be read`);
  }
}
