import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommitFile } from '../../../src/repository/branch/commit-writer.ts';
import { AnnexBranch, branchRef, thisMachine } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { MemoryCommits } from '../../support/memory-commits.ts';
import { temporaryDirectory } from '../../support/objects.ts';

const sibling = 'refs/remotes/other/git-annex';
const line = (number: number): string => `${imaginaryUuid(number)} node timestamp=1s\n`;

/** A commit of a log of the branch. */
function written(commits: MemoryCommits, parents: string[], log: string): Promise<string> {
  const files: CommitFile[] = [{ path: 'uuid.log', content: { kind: 'text', text: log } }];
  const identity = { name: 'a', email: 'b' };
  return commits.write({ parents, files, message: 'others', identity, timeMs: 0 });
}

/** Merges another version of the branch, in a repository of which git knows nothing. */
async function merged(
  made: (commits: MemoryCommits) => Promise<{ readonly ours?: string; readonly theirs: string }>,
): Promise<{ readonly commits: MemoryCommits; readonly tip: string; readonly isMoved: boolean }> {
  const directory = join(temporaryDirectory(), 'a.git');
  git('.', 'init', '-q', '--bare', directory);
  const commits = new MemoryCommits();
  const { ours, theirs } = await made(commits);
  if (ours !== undefined) await commits.point(branchRef, ours);
  await commits.point(sibling, theirs);
  const system = { ...thisMachine, commits: () => commits };
  const branch = await AnnexBranch.open(directory, { system });
  const isMoved = await branch.merge();
  await branch.close();
  return { commits, tip: commits.tips.get(branchRef) ?? '', isMoved };
}

it('what was fetched is merged, when commits are not even of git', async () => {
  let parents: readonly string[] = [];
  const { commits, tip } = await merged(async (all) => {
    const base = await written(all, [], line(1));
    const ours = await written(all, [base], line(1) + line(2));
    const theirs = await written(all, [base], line(1) + line(3));
    parents = [ours, theirs];
    return { ours, theirs };
  });

  expect(commits.commits.get(tip)).toMatchObject({
    parents,
    files: new Map([['uuid.log', line(1) + line(2) + line(3)]]),
  });
});

it('what has all that is here is followed, and what is here already is not merged again', async () => {
  const first = await merged(async (all) => ({ theirs: await written(all, [], line(1)) }));
  const forward = await merged(async (all) => {
    const ours = await written(all, [], line(1));
    return { ours, theirs: await written(all, [ours], line(1) + line(2)) };
  });
  const backward = await merged(async (all) => {
    const theirs = await written(all, [], line(1));
    return { theirs, ours: await written(all, [theirs], line(1) + line(2)) };
  });

  for (const { commits, tip } of [first, forward]) expect(tip).toBe(commits.tips.get(sibling));
  expect([first, forward, backward].map(({ isMoved }) => isMoved)).toEqual([true, true, false]);
});
