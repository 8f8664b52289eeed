import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { AnnexBranch, ownDisk } from '../../../src/repository/index.ts';
import { BranchMerger } from '../../../src/repository/merging/branch-merger.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { isErrorCode } from '../../../src/units/index.ts';
import {
  asked,
  cluster,
  commitTo,
  dead,
  forgetIn,
  linesOf,
  live,
  log,
  logs,
  repositoryWith,
  stamp,
  withBranch,
} from './forgetful-annex.ts';

describe('a version of the branch that asks to forget', () => {
  it.runIf(hasGitAnnex)('leaves what git annex forget --drop-dead leaves', async () => {
    const [theirs, ours] = [repositoryWith(logs), repositoryWith(logs)];
    git(theirs, 'config', 'annex.uuid', live ?? '');
    git(theirs, 'config', 'annex.version', '10');
    git(theirs, 'annex', 'forget', '--drop-dead', '--force', '--quiet');

    await forgetIn(ours, asked);

    const timeless = (lines: ReadonlySet<string>): string[] =>
      [...lines].filter((line) => !line.includes('transitions.log')).sort();
    expect(timeless(linesOf(ours))).toEqual(timeless(linesOf(theirs)));
    expect(git(ours, 'rev-list', '--count', 'git-annex').trim()).toBe('1');
  });

  it('leaves every line when only the history is to be forgotten', async () => {
    const directory = repositoryWith(logs);
    const before = linesOf(directory);

    await forgetIn(directory, { 'transitions.log': ['ForgetGitHistory 5s'] });

    const now = linesOf(directory);
    expect([...before].filter((line) => !now.has(line))).toEqual([]);
    expect(now.size).toBe(before.size + 1);
    expect(git(directory, 'rev-list', '--count', 'git-annex').trim()).toBe('1');
  });

  it('is not followed when it asks for what is not known here', async () => {
    const directory = repositoryWith(logs);
    const before = git(directory, 'rev-parse', 'git-annex');

    const done = forgetIn(directory, { 'transitions.log': ['ForgetEverything 5s'] });

    await expect(done).rejects.toThrow('not known here: "ForgetEverything 5s"');
    expect(git(directory, 'rev-parse', 'git-annex')).toBe(before);
  });
});

const commitsOf = (directory: string): string =>
  git(directory, 'rev-list', '--count', 'git-annex').trim();
const ofDead = (directory: string): string[] =>
  [...linesOf(directory)].filter((line) => line.includes(dead ?? '') && line.includes('.log:'));

describe('who may not have the branch forget', () => {
  it('has all else merged, and is told', async () => {
    const directory = repositoryWith(logs);
    const brought = { ...asked, [log]: [`9s 1 ${cluster}`] };

    const tally = await forgetIn(directory, brought, { mayForget: false });

    expect(tally.named).toMatchObject([{ path: 'transitions.log' }]);
    expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).toContain(`9s 1 ${cluster}`);
    expect(commitsOf(directory)).toBe('2');
    expect(git(directory, 'ls-tree', '--name-only', 'git-annex')).not.toContain('transitions.log');
  });
});

it.each([
  ['nothing', ''],
  ['no stamp', 'ForgetGitHistory'],
  ['words', 'ForgetGitHistory junk'],
  ['words behind', 'ForgetDeadRemotes 5s 6s'],
])('a transitions.log of %s has nobody forget', async (_what, line) => {
  const directory = repositoryWith(logs);
  const old = git(directory, 'rev-parse', 'git-annex').trim();

  const [outcome] = await Promise.allSettled([forgetIn(directory, { 'transitions.log': [line] })]);

  const isRefused =
    outcome.status === 'rejected' && isErrorCode(outcome.reason, 'UNKNOWN_TRANSITION');
  expect(isRefused).toBe(line !== '');
  expect(git(directory, 'rev-list', 'git-annex')).toContain(old);
  expect(ofDead(directory).length).toBeGreaterThan(5);
});

it('a line that ends in CRLF is forgotten, too', async () => {
  const directory = repositoryWith({
    ...logs,
    [log]: [`${stamp} 1 ${live}\r`, `${stamp} 1 ${dead}\r`],
  });
  await forgetIn(directory, {
    'transitions.log': ['ForgetGitHistory 5s\r', 'ForgetDeadRemotes 5s\r'],
  });

  expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).toBe(`${stamp} 1 ${live}\r\n`);
});

it('a merge that was prepared for the branch before it forgot is prepared anew', async () => {
  const directory = repositoryWith(logs);
  const old = git(directory, 'rev-parse', 'git-annex').trim();
  commitTo(directory, 'refs/heads/scratch', { [log]: [`9s 1 ${cluster}`] }, old);
  const sha = git(directory, 'rev-parse', 'scratch').trim();
  await withBranch(directory, async (branch) => {
    const first = branch.take({
      name: 'refs/heads/git-annex',
      sha,
      mayForget: false,
      filter: async () => {
        // Beside it, as by another process.
        await forgetIn(directory, asked);
        return { admitted: ({ theirs }) => theirs };
      },
    });
    await first;
  });

  expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).toContain(`9s 1 ${cluster}`);
  expect(git(directory, 'rev-list', 'git-annex')).not.toContain(old);
  expect(ofDead(directory).some((line) => line.includes(`git-annex:${log}:`))).toBe(false);
});

it('what is changed while the branch is rewritten says nothing of the dead again', async () => {
  const directory = repositoryWith(logs);
  commitTo(directory, 'refs/heads/scratch', asked);
  const sha = git(directory, 'rev-parse', 'scratch').trim();
  await withBranch(directory, async (branch) => {
    await Promise.all([
      branch.take({ name: 'refs/heads/git-annex', sha, mayForget: true }),
      ...[1, 2, 3, 4, 5, 6].map(async (number) => {
        await new Promise((resolve) => setTimeout(resolve, number * 25));
        const edit = (text: string): string => `${text}${number}s 1 ${cluster}\n`;
        await branch.change([{ path: log, edit }]);
        await branch.flush();
      }),
    ]);
    await branch.flush();
  });

  const text = git(directory, 'cat-file', 'blob', `git-annex:${log}`);
  expect(text).toContain(`6s 1 ${cluster}`);
  expect(text).not.toContain(dead);
});

it('a note of git-annex on its index never outlives the index', async () => {
  const directory = repositoryWith(logs);
  const annex = `${directory}/.git/annex`;
  mkdirSync(annex, { recursive: true });
  for (const name of ['index', 'index.lck']) writeFileSync(`${annex}/${name}`, '');
  const removed: string[] = [];
  const disk = ownDisk;
  const remove = vi.spyOn(disk, 'remove').mockImplementation((path) => {
    removed.push(String(path).slice(annex.length + 1));
    return undefined;
  });
  try {
    commitTo(directory, 'refs/heads/scratch', asked);
    const branch = await AnnexBranch.open(directory, { disk });
    const sha = git(directory, 'rev-parse', 'scratch').trim();
    await branch.take({ name: 'refs/heads/git-annex', sha, mayForget: true });
    await branch.close();
  } finally {
    remove.mockRestore();
  }

  expect(removed.filter((name) => name.startsWith('index'))).toEqual(['index.lck', 'index']);
});

describe('a version of the branch that has not forgotten yet', () => {
  it('brings its news, and nothing of the dead back', async () => {
    const directory = repositoryWith(logs);
    const old = git(directory, 'rev-parse', 'git-annex').trim();
    await forgetIn(directory, asked);
    const before = linesOf(directory);
    const news = [...(logs[log] ?? []), `${stamp} 1 ${cluster}`];
    commitTo(directory, 'refs/remotes/other/git-annex', { [log]: news }, old);

    await withBranch(directory, (branch) => branch.merge());

    const now = linesOf(directory);
    const added = [...now].filter((line) => !before.has(line));
    expect(added).toHaveLength(1);
    expect(added[0]).toContain(cluster);
    expect(git(directory, 'rev-list', '--count', 'git-annex').trim()).toBe('2');
  });

  it('may say that one lives again, and what it has', async () => {
    const directory = repositoryWith(logs);
    await forgetIn(directory, asked);
    const revived = { 'trust.log': [`${dead} ? timestamp=1700000009s`], [log]: [`9s 1 ${dead}`] };
    commitTo(directory, 'refs/remotes/other/git-annex', revived);

    await withBranch(directory, (branch) => branch.merge());

    expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).toContain(`9s 1 ${dead}`);
  });

  it('brings nothing of who is alive only by lines that do not come in', async () => {
    const directory = repositoryWith(logs);
    await forgetIn(directory, asked);
    const revived = { 'trust.log': [`${dead} ? timestamp=1700000009s`], [log]: [`9s 1 ${dead}`] };
    commitTo(directory, 'refs/heads/scratch', revived);
    const sha = git(directory, 'rev-parse', 'scratch').trim();

    const tally = await withBranch(directory, (branch) =>
      branch.take({
        name: 'refs/heads/git-annex',
        sha,
        mayForget: false,
        filter: () =>
          Promise.resolve({
            admitted: ({ path, ours, theirs }) => (path === 'trust.log' ? ours : theirs),
          }),
      }),
    );

    expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).not.toContain(dead);
    expect(tally.named.map(({ path }) => path)).toEqual([log]);
  });

  it('is looked through once, however often it is asked about', async () => {
    const directory = repositoryWith(logs);
    const old = git(directory, 'rev-parse', 'git-annex').trim();
    await forgetIn(directory, asked);
    commitTo(directory, 'refs/remotes/other/git-annex', { [log]: [`9s 1 ${cluster}`] }, old);
    const prepare = vi.spyOn(BranchMerger.prototype, 'prepare');
    try {
      await withBranch(directory, async (branch) => {
        expect(await branch.merge()).toBe(true);
        expect(await branch.merge()).toBe(false);
        expect(prepare).toHaveBeenCalledTimes(1);
        commitTo(directory, 'refs/remotes/other/git-annex', { [log]: [`10s 1 ${live}`] }, old);
        expect(await branch.merge()).toBe(true);
        expect(prepare).toHaveBeenCalledTimes(2);
      });
    } finally {
      prepare.mockRestore();
    }
  });
});
