import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Commits } from '../../../src/repository/branch/commits.ts';
import { openGitCommits } from '../../../src/repository/branch/git-commits.ts';
import { GitError, ownDisk } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';

let directory: string;
let commits: Commits;
/** Two commits, the second of which has the first one for its parent, and one without history. */
let first: string;
let second: string;
let apart: string;

function commitsIn(where: string): Commits {
  const place = { directory: where, gitDirectory: where, disk: ownDisk, version: [2, 40] } as const;
  return openGitCommits(place, 1_000_000);
}

beforeAll(async () => {
  directory = join(temporaryDirectory(), 'a.git');
  git('.', 'init', '-q', '--bare', '--initial-branch=to/come', directory);
  commits = commitsIn(directory);
  const note = { identity: { name: 'A', email: 'a@b' }, timeMs: 5_000 };
  const content = { kind: 'text', text: 'x' } as const;
  const files = [{ path: 'a', content }];
  first = await commits.write({ ...note, message: '1', parents: [], files });
  second = await commits.write({ ...note, message: '2', parents: [first], files: [] });
  apart = await commits.write({ ...note, message: '3', parents: [], files: [] });
  await commits.point('refs/remotes/one/git-annex', first);
  await commits.point('refs/remotes/two/x/git-annex', second);
  await commits.point('refs/heads/apart', apart);
});

afterAll(() => commits.close());

it('objects are told apart without being read', async () => {
  const blob = git(directory, 'rev-parse', `${first}:a`).trim();
  const names = [first, `${first}^{tree}`, blob, '0'.repeat(40), 'no such name'];

  expect(await commits.types(names)).toEqual(['commit', 'tree', 'blob', undefined, undefined]);
  await expect(commits.types([`${first}\n${second}`])).rejects.toThrow(RangeError);
});

it('a commit is in the history of itself and of those after it', async () => {
  expect(await commits.isAncestor({ older: first, newer: second })).toBe(true);
  expect(await commits.isAncestor({ older: first, newer: first })).toBe(true);
  expect(await commits.isAncestor({ older: second, newer: first })).toBe(false);
  const lost = commits.isAncestor({ older: '1'.repeat(40), newer: second });
  await expect(lost).rejects.toThrow(GitError);
});

it('refs are found by what names begin with and by globs, and all without either', async () => {
  const [one, two, heads] = [
    { name: 'refs/remotes/one/git-annex', sha: first },
    { name: 'refs/remotes/two/x/git-annex', sha: second },
    { name: 'refs/heads/apart', sha: apart },
  ];

  expect(await commits.refs([])).toEqual([heads, one, two]);
  expect(await commits.refs(['refs/remotes/two/'])).toEqual([two]);
  expect(await commits.refs(['refs/**/git-annex', 'refs/heads/'])).toEqual([heads, one, two]);
  expect(await commits.refs(['refs/none/'])).toEqual([]);
});

it('of refs that lead to commits those are unmerged that a tip does not come after', async () => {
  await commits.point('refs/notes/git-annex', `${first}^{tree}`);
  const at = async (tip: string | undefined): Promise<readonly string[]> =>
    (await commits.unmerged(['refs/**/git-annex'], tip)).map(({ sha }) => sha);

  expect(await at(undefined)).toEqual([first, second]);
  expect(await at(apart)).toEqual([first, second]);
  expect(await at(first)).toEqual([second]);
  expect(await at('refs/remotes/two/x/git-annex')).toEqual([]);
});

it('a ref is pointed elsewhere, and removed, wherever it led', async () => {
  await commits.point('refs/heads/moved', first);
  await commits.point('refs/heads/moved', apart);
  expect(await commits.refs(['refs/heads/moved'])).toMatchObject([{ sha: apart }]);

  await commits.remove([]);
  await commits.remove(['refs/heads/moved', 'refs/heads/never']);
  expect(await commits.refs(['refs/heads/moved'])).toEqual([]);
  await expect(commits.point('refs/heads/none', '1'.repeat(40))).rejects.toThrow(GitError);
});

it('a commit of a tree says whose it is, and when by who writes it', async () => {
  const identity = { name: 'A B', email: 'a@b' };
  const parents = [second, apart];
  const commit = { tree: `${first}^{tree}`, parents, message: 'all', identity, timeMs: 7_999 };
  const sha = await commits.writeOfTree(commit);

  expect(git(directory, 'cat-file', 'commit', sha)).toBe(
    [
      `tree ${git(directory, 'rev-parse', `${first}^{tree}`).trim()}`,
      ...parents.map((parent) => `parent ${parent}`),
      'author A B <a@b> 7 +0000',
      'committer A B <a@b> 7 +0000',
      '',
      'all\n',
    ].join('\n'),
  );
});

it('HEAD stands for a branch that is to come, for none, or cannot be read', async () => {
  const where = join(temporaryDirectory(), 'b.git');
  git('.', 'clone', '-q', '--bare', directory, where);
  const cloned = commitsIn(where);
  const head = join(where, 'HEAD');

  expect(await commits.head()).toBe('refs/heads/to/come');
  writeFileSync(head, `${apart}\n`);
  expect(await cloned.head()).toBeUndefined();
  rmSync(head);
  await expect(cloned.head()).rejects.toThrow(GitError);
  await cloned.close();
});

it('packs are put together when git finds them too many, unless that is given up', async () => {
  const where = join(temporaryDirectory(), 'c.git');
  git('.', 'clone', '-q', '--bare', directory, where);
  git(where, 'repack', '-q', '-d');
  const cloned = commitsIn(where);
  const note = { identity: { name: 'A', email: 'a@b' }, timeMs: 0 };
  const more = { ...note, message: '4', parents: [], tree: `${first}^{tree}` };
  await cloned.point('refs/heads/more', await cloned.writeOfTree(more));
  git(where, 'repack', '-q', '-d');
  const packs = (): number =>
    readdirSync(join(where, 'objects/pack')).filter((name) => name.endsWith('.pack')).length;
  const { signal } = new AbortController();

  await cloned.pack(signal);
  expect(packs()).toBe(2);
  git(where, 'config', 'gc.autoPackLimit', '1');
  await expect(cloned.pack(AbortSignal.abort())).rejects.toThrow(GitError);
  await cloned.pack(signal);
  expect(packs()).toBe(1);
  await cloned.close();
});
