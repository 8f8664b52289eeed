import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Push } from '../../../src/gateway/pushes/index.ts';
import { AnnexBranch, ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { MemoryCommits } from '../../support/memory-commits.ts';
import { temporaryDirectory } from '../../support/objects.ts';

/** Why somebody who may only append may not push a tag, in a repository of which git knows nothing. */
async function refusalOfTag(commits: MemoryCommits, tag: string): Promise<string | undefined> {
  const directory = join(temporaryDirectory(), 'a.git');
  git('.', 'init', '-q', '--bare', directory);
  const system = { ...thisMachine, commits: () => commits };
  const branch = await AnnexBranch.open(directory, { system });
  mkdirSync(join(directory, 'annex'));
  try {
    const push = await Push.open({
      branch,
      pusher: { name: 'a stranger', mayOverrule: false },
      disk: ownDisk,
      system,
      filter: undefined,
      mergeMs: 1000,
      warn: () => undefined,
      cleared: () => undefined,
      note: undefined,
    });
    const command = `${'0'.repeat(40)} ${'1'.repeat(40)} refs/tags/${tag}\0 report-status`;
    const size = (command.length + 4).toString(16).padStart(4, '0');
    push.request.take(Buffer.from(`${size}${command}0000`));
    await push.close();
    expect(push.request.noted.count).toBe(1);
    return push.request.replaced[0]?.refusal;
  } finally {
    await branch.close();
  }
}

it('a tag may not have the name of a branch that is there, or that HEAD waits for', async () => {
  const commits = new MemoryCommits();
  await commits.point('refs/heads/a/b', '2'.repeat(40));
  await commits.point('refs/notes/c', '2'.repeat(40));
  commits.head = () => Promise.resolve('refs/heads/to/come');

  for (const tag of ['a/b', 'to/come']) {
    expect(await refusalOfTag(commits, tag)).toBe('a tag may not have the name of a branch');
  }
  expect(await refusalOfTag(commits, 'c')).toBeUndefined();
  commits.head = () => Promise.resolve(undefined);
  expect(await refusalOfTag(commits, 'to/come')).toBeUndefined();
});

it('where it cannot be known what HEAD waits for, nothing is pushed', async () => {
  const commits = new MemoryCommits();
  commits.head = () => Promise.reject(new Error('HEAD is damaged'));

  await expect(refusalOfTag(commits, 'any')).rejects.toThrow('HEAD is damaged');
});
