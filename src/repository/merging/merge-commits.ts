import { emptyTree } from '../branch/commits.ts';
import { branchBusy, type CommitParts } from '../branch/journal-committer.ts';
import { keepingExportedTrees } from '../export/exported-trees-kept.ts';
import type { Dead } from './forgetting.ts';
import { MergeTally } from './merge-tally.ts';
import { mergedFiles, ownRoom, type MergeTools } from './merged-files.ts';
import { withoutForgotten } from './transitions.ts';

/** Writes the commits that a merge of the branch with another version of it makes; none of them shows by itself. */
export class MergeCommits {
  readonly #parts: CommitParts;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /**
   * A commit on the tip with what another version brings; `undefined` when nothing is new.
   * @param mayFollow whether the other version becomes its parent too, when nothing of it was left out.
   * @throws MERGE_TOO_LARGE, GitError.
   */
  async merged(
    { sha, tip, name }: { readonly sha: string; readonly tip: string | undefined; name: string },
    tools: MergeTools,
    mayFollow: boolean,
  ): Promise<string | undefined> {
    const { identity } = this.#parts;
    const from = tip ?? emptyTree;
    let count = 0;
    async function* counted(): ReturnType<typeof mergedFiles> {
      for await (const file of mergedFiles({ base: from, from, to: sha }, tools)) {
        count += 1;
        yield file;
      }
    }
    const commit = await this.#parts.commits.write({
      parents: tip === undefined ? [] : [tip],
      message: mergeMessage(name),
      identity: identity(),
      timeMs: this.#parts.system.clock.wallMs(),
      files: counted(),
    });
    if (tools.tally.count === 0 && mayFollow)
      return await this.#following(commit, { tip, sha, name });
    return count === 0 ? undefined : await this.#keepingTrees(commit, tip);
  }

  /** A commit of the files of another one, that follows both the tip and the version merged. */
  async #following(
    commit: string,
    { tip, sha, name }: { readonly tip: string | undefined; readonly sha: string; name: string },
  ): Promise<string> {
    return await this.#parts.commits.writeOfTree({
      tree: `${commit}^{tree}`,
      parents: [...(tip === undefined ? [] : [tip]), sha],
      message: mergeMessage(name),
      identity: this.#parts.identity(),
      timeMs: this.#parts.system.clock.wallMs(),
    });
  }

  /** Of what came without its history, the trees that were exported are kept all the same. */
  async #keepingTrees(commit: string, known: string | undefined): Promise<string> {
    return await keepingExportedTrees(commit, { ...this.#parts, known });
  }

  /**
   * The prepared commit together with what has come to the branch since it was prepared.
   * @throws Error when any of that was left out, GitError.
   */
  async onTop(merge: {
    readonly to: string;
    readonly seen: string | undefined;
    readonly tip: string;
    readonly name: string;
    readonly forgets: Dead | undefined;
  }): Promise<string> {
    const { to, seen, tip, name, forgets } = merge;
    const { directory, reader, identity } = this.#parts;
    const tally = new MergeTally();
    const source = { base: to, from: seen ?? emptyTree, to: tip };
    const filter = forgets && withoutForgotten(forgets);
    const commit = await this.#parts.commits.write({
      parents: forgets === undefined ? [to, tip] : [to],
      message: mergeMessage(name),
      identity: identity(),
      timeMs: this.#parts.system.clock.wallMs(),
      files: mergedFiles(source, {
        clock: this.#parts.system.clock,
        reader,
        filter,
        tally,
        room: ownRoom,
      }),
    });
    // Of what came meanwhile nothing may be missing, whatever it is: it is tried again from there.
    if (tally.count > 0) throw branchBusy(directory);
    return forgets === undefined ? commit : await this.#keepingTrees(commit, to);
  }
}

/** What a commit of a merge says, as git-annex says it: with `origin/git-annex` for `refs/remotes/origin/git-annex`. */
export function mergeMessage(ref: string): string {
  return `merging ${ref.replace(/^refs\/(?:remotes|heads)\//, '')} into git-annex`;
}
