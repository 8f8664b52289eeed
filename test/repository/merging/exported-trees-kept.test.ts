/** Trees that were exported stay in the history of a branch that begins a new one, or does not take in another's. */
import { expect, it, vi } from 'vitest';
import { exportLogPath } from '../../../src/repository/index.ts';
import { BranchMerger } from '../../../src/repository/merging/branch-merger.ts';
import { git } from '../../support/git-annex.ts';
import {
  asked,
  cluster,
  commitTo,
  forgetIn,
  live,
  log,
  repositoryWith,
  withBranch,
} from './forgetful-annex.ts';

const gone = 'f'.repeat(40);

/** The tree of a commit that no ref leads to. */
function madeTree(directory: string, name: string): string {
  commitTo(directory, 'refs/heads/made', { [name]: [name] });
  const tree = git(directory, 'rev-parse', 'made^{tree}').trim();
  git(directory, 'update-ref', '-d', 'refs/heads/made');
  return tree;
}

function exportsOf(trees: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return { [exportLogPath]: [`5s ${live}:${cluster} ${trees.join(' ')}`] };
}

/** Whether git has trees after it has removed all that nothing leads to. */
function areKept(directory: string, trees: readonly string[]): boolean[] {
  for (const ref of ['refs/heads/scratch', 'refs/heads/made'])
    git(directory, 'update-ref', '-d', ref);
  git(directory, 'reflog', 'expire', '--expire=now', '--all');
  git(directory, 'gc', '--prune=now', '--quiet');
  const known = git(directory, 'cat-file', '--batch-all-objects', '--batch-check');
  return trees.map((tree) => known.includes(tree));
}

it('a branch that forgets keeps the trees that were exported', async () => {
  const directory = repositoryWith({ [log]: [`9s 1 ${live}`] });
  const [one, two, none] = ['one', 'two', 'none'].map((name) => madeTree(directory, name));
  const trees = [one ?? '', two ?? ''];
  commitTo(directory, 'refs/heads/git-annex', exportsOf([...trees, gone]));

  await forgetIn(directory, asked);

  expect(git(directory, 'ls-tree', '--name-only', 'git-annex')).not.toContain('export.tree');
  expect(git(directory, 'rev-list', '--count', 'git-annex').trim()).toBe('3');
  expect(areKept(directory, [...trees, none ?? ''])).toEqual([true, true, false]);
});

it('a branch keeps the trees that another version of it names, also where its history does not come in', async () => {
  const directory = repositoryWith({ [log]: [`9s 1 ${live}`] });
  const tree = madeTree(directory, 'one');

  await forgetIn(directory, { ...asked, ...exportsOf([tree]) }, { mayForget: false });

  expect(areKept(directory, [tree])).toEqual([true]);
});

it('a tree whose export is begun while the branch is being rewritten is kept', async () => {
  const directory = repositoryWith({ [log]: [`9s 1 ${live}`] });
  const tree = madeTree(directory, 'one');
  const show = vi.spyOn(BranchMerger.prototype, 'show');
  show.mockImplementation(async function (this: BranchMerger, prepared) {
    show.mockRestore();
    await withBranch(directory, async (branch) => {
      await branch.keepTree(tree);
      const [line = ''] = exportsOf([tree])[exportLogPath] ?? [];
      await branch.change([{ path: exportLogPath, edit: () => `${line}\n` }]);
      await branch.flush();
    });
    return await this.show(prepared);
  });

  await forgetIn(directory, asked);

  expect(git(directory, 'show', 'git-annex:export.log')).toContain(tree);
  expect(areKept(directory, [tree])).toEqual([true]);
});
