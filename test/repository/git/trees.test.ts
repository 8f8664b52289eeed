import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AnnexBranch } from '../../../src/repository/index.ts';
import { TopTrees } from '../../../src/repository/git/trees.ts';
import { CatFile } from '../../../src/repository/git/cat-file.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A git-annex branch with files in so many directories, each with its own path as its text. */
function commitWide(directory: string, from: number, to: number): string {
  const stream = [
    'commit refs/heads/git-annex',
    'committer someone <someone@example.org> 1700000000 +0000',
    'data 1\nx',
    ...(from === 0 ? [] : ['from refs/heads/git-annex^0']),
    ...Array.from({ length: to - from }, (_, at) => {
      const path = pathOf(from + at);
      return `M 100644 inline ${path}\ndata ${path.length + 1}\n${path}\n`;
    }),
    'M 100644 inline uuid.log\ndata 1\n\n',
  ].join('\n');
  writeFileSync(`${directory}/stream`, `${stream}\n`);
  git(directory, '-c', 'alias.feed=!git fast-import --quiet <stream', 'feed');
  return git(directory, 'rev-parse', 'refs/heads/git-annex').trim();
}

function pathOf(number: number): string {
  return `${number.toString(16).padStart(3, '0')}/abc/WORM-s1--${number}.log`;
}

function emptyRepository(): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q', '--bare');
  return directory;
}

it('a wide branch is read as git reads it, also once it has moved', async () => {
  const directory = emptyRepository();
  const first = commitWide(directory, 0, 400);
  const branch = await AnnexBranch.open(directory);
  try {
    const numbers = Array.from({ length: 400 }, (_, at) => at);
    for (const number of numbers)
      expect(await branch.read(pathOf(number))).toBe(`${pathOf(number)}\n`);
    expect(await branch.read(pathOf(401))).toBeUndefined();
    expect(await branch.read('001/abc/none.log')).toBeUndefined();
    expect(await branch.read('uuid.log')).toBe('\n');

    commitWide(directory, 400, 420);
    expect(await branch.read(pathOf(401))).toBe(`${pathOf(401)}\n`);
    expect(await branch.readCommitted(pathOf(401), first)).toBeUndefined();
    expect(await branch.readCommitted(pathOf(7), first)).toBe(`${pathOf(7)}\n`);
    expect(await branch.read(pathOf(7))).toBe(`${pathOf(7)}\n`);
  } finally {
    await branch.close();
  }
});

it.each([
  ['a wide top is asked for once a commit', 400, 1, 900],
  ['a narrow one is looked at now and then', 20, 15, 15],
])('%s', async (_what, count, looks, byTree) => {
  const directory = emptyRepository();
  const commit = commitWide(directory, 0, count);
  const catFile = new CatFile({ directory, bytesMax: 1_000_000 });
  const asked: string[] = [];
  const tops = new TopTrees((name) => {
    asked.push(name);
    return catFile.read(name);
  });
  const ask = (): Promise<string | undefined> =>
    tops.nameOf(pathOf(3), { commit: () => Promise.resolve(commit), otherwise: 'the-ref' });
  const names: (string | undefined)[] = [];
  for (let at = 0; at < 1000; at += 1) names.push(await ask());
  await catFile.close();

  const tree = git(directory, 'rev-parse', `${commit}:003`).trim();
  const rest = pathOf(3).slice(4);
  expect(new Set(names)).toEqual(new Set([`the-ref:${pathOf(3)}`, `${tree}:${rest}`]));
  expect(names.filter((name) => name === `${tree}:${rest}`).length).toBeGreaterThanOrEqual(byTree);
  expect(asked.length).toBeLessThanOrEqual(looks);
  expect(asked.length).toBeGreaterThan(0);
});

it('a branch that leads to no commit has no files, however often it is asked', async () => {
  const directory = emptyRepository();
  commitWide(directory, 0, 400);
  const branch = await AnnexBranch.open(directory);
  try {
    for (let at = 0; at < 100; at += 1) await branch.read(pathOf(3));
    const blob = git(directory, 'rev-parse', `git-annex:${pathOf(3)}`);
    writeFileSync(`${directory}/refs/heads/git-annex`, blob);

    for (let at = 0; at < 130; at += 1) expect(await branch.read(pathOf(3))).toBeUndefined();
  } finally {
    await branch.close().catch(() => undefined);
  }
});
