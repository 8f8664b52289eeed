import { describe, expect, it, vi } from 'vitest';
import { CommitSchedule } from '../../../src/repository/branch/commit-schedule.ts';
import { git } from '../../support/git-annex.ts';
import {
  asked,
  cluster,
  commitTo,
  dead,
  forgetIn,
  log,
  logs,
  repositoryWith,
  withBranch,
} from './forgetful-annex.ts';

describe('logs that are too large to be read', () => {
  const huge = Array.from({ length: 70_000 }, (_, at) => `${dead} ${'x'.repeat(80)}${at}`);

  it('have nothing forgotten, and are named', async () => {
    const directory = repositoryWith(logs);
    const before = git(directory, 'rev-parse', 'git-annex');
    const done = forgetIn(directory, { ...asked, 'transitions.log': huge });

    await expect(done).rejects.toThrow('its transitions.log is too large to be read');
    expect(git(directory, 'rev-parse', 'git-annex')).toBe(before);
  });

  it('are left out of what comes from who may not ask', async () => {
    const directory = repositoryWith(logs);
    const tally = await forgetIn(
      directory,
      { 'transitions.log': huge, [log]: [`9s 1 ${cluster}`] },
      { mayForget: false },
    );

    expect(git(directory, 'cat-file', 'blob', `git-annex:${log}`)).toContain(`9s 1 ${cluster}`);
    expect(tally.named.map(({ path }) => path)).toEqual(['transitions.log']);
  });

  it('say nothing of who is dead', async () => {
    const directory = repositoryWith(logs);
    await forgetIn(directory, asked);
    const theirs = { 'trust.log': huge, [log]: [`9s 1 ${dead}`, `9s 1 ${cluster}`] };
    commitTo(directory, 'refs/remotes/other/git-annex', theirs);

    await withBranch(directory, (branch) => branch.merge());

    const text = git(directory, 'cat-file', 'blob', `git-annex:${log}`);
    expect(text).toContain(`9s 1 ${cluster}`);
    expect(text).not.toContain(dead);
  });
});

it('a merge that was given up before it shows never shows', async () => {
  const directory = repositoryWith(logs);
  const before = git(directory, 'rev-parse', 'git-annex');
  commitTo(directory, 'refs/heads/scratch', { [log]: [`9s 1 ${cluster}`] });
  const sha = git(directory, 'rev-parse', 'scratch').trim();
  const giveUp = new AbortController();
  let turns = 0;
  const alone = vi.spyOn(CommitSchedule.prototype, 'alone').mockImplementation((act) => {
    turns += 1;
    // The first turn commits the journal, the second one would show the merge.
    if (turns === 2) giveUp.abort(new Error('given up'));
    return act();
  });
  try {
    await withBranch(directory, async (branch) => {
      const incoming = { name: 'x', sha, mayForget: true, signal: giveUp.signal };
      await expect(branch.take(incoming)).rejects.toThrow('given up');
      expect(turns).toBe(2);
    });
  } finally {
    alone.mockRestore();
  }

  expect(git(directory, 'rev-parse', 'git-annex')).toBe(before);
});
