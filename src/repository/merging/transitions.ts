import { decodeText } from '../../units/index.ts';
import type { BranchReader } from '../branch/branch-reader.ts';
import { writeCommit } from '../branch/commit-writer.ts';
import type { CommitParts } from '../branch/journal-committer.ts';
import { unionMerge } from '../branch/union-merge.ts';
import { runGit } from '../git/git.ts';
import {
  deadIn,
  dropsDeadBy,
  forgotten,
  mayForget,
  readTransitions,
  transitionsPath,
  withoutDead,
  type Forgetting,
} from './forgetting.ts';
import type { MergeFilter } from './merged-files.ts';

/** What becomes of the branch when it, or another version of it, is asked to forget. */
export class Transitions {
  readonly #parts: CommitParts;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** What theirs asks to forget that ours has not forgotten, and whether it has forgotten what ours has. */
  async between({
    sha,
    tip,
    reader,
  }: {
    readonly sha: string;
    readonly tip: string | undefined;
    readonly reader: BranchReader;
  }): Promise<{ readonly asked: Forgetting | undefined; readonly areDone: boolean }> {
    const theirs = (await reader.read(transitionsPath, sha)) ?? '';
    const ours = tip === undefined ? '' : ((await reader.read(transitionsPath, tip)) ?? '');
    const union = unionMerge(ours, theirs);
    return {
      // A repository without a branch takes theirs as it is.
      asked: tip === undefined || union === ours ? undefined : readTransitions(union),
      areDone: unionMerge(theirs, ours) === theirs,
    };
  }

  /** A filter that lets nothing back in that ours has forgotten, of a version that has not. */
  async keeping(merge: {
    readonly chosen: MergeFilter | undefined;
    readonly sha: string;
    readonly tip: string | undefined;
  }): Promise<MergeFilter | undefined> {
    const { chosen, sha, tip } = merge;
    if (tip === undefined) return chosen;
    const { reader } = this.#parts;
    const ours = (await reader.read(transitionsPath, tip)) ?? '';
    if (!dropsDeadBy(ours)) return chosen;
    const union = async (path: string): Promise<string> =>
      unionMerge((await reader.read(path, tip)) ?? '', (await reader.read(path, sha)) ?? '');
    const dead = deadIn(await union('trust.log'), await union('remote.log'));
    return {
      admitted: (file, tally) => {
        const theirs = withoutDead({ path: file.path, text: file.theirs }, dead);
        return chosen?.admitted({ ...file, theirs }, tally) ?? theirs;
      },
    };
  }

  /** A commit of the files of another one, without a history, and without what is to be forgotten. */
  async rewritten(
    merged: string,
    {
      message,
      asked,
      reader,
    }: { readonly message: string; readonly asked: Forgetting; readonly reader: BranchReader },
  ): Promise<string> {
    const { directory, identity } = this.#parts;
    const tree = decodeText(await runGit(['rev-parse', `${merged}^{tree}`], { directory })).trim();
    const read = async (path: string): Promise<string> => (await reader.read(path, merged)) ?? '';
    const dead = deadIn(await read('trust.log'), await read('remote.log'));
    const files = asked.dropsDead ? forgotten(reader.scanBatches(merged, mayForget), dead) : [];
    const note = {
      parents: [],
      tree,
      message: `${message}, and forgetting`,
      identity: identity(),
      timeMs: Date.now(),
    };
    return await writeCommit({ ...note, files }, this.#parts);
  }

  /** git-annex makes its index anew where there is none; from this one the forgotten would come back. */
  async forgetIndex(): Promise<void> {
    const { gitDirectory, disk } = this.#parts;
    await disk.remove(`${gitDirectory}/annex/index`);
    await disk.remove(`${gitDirectory}/annex/index.lck`);
  }
}
