import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitPlaces } from '../../../src/repository/git/git-places.ts';
import { GitError } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';

it('a repository is found from its top, from below it, and from another work tree of it', async () => {
  const parent = realpathSync(temporaryDirectory());
  const [top, other] = [join(parent, 'a\n'), join(parent, 'b')];
  git('.', 'init', '-q', top);
  git(top, 'commit', '-q', '--allow-empty', '-m', 'x');
  git(top, 'worktree', 'add', '-q', other);
  mkdirSync(join(top, 'below'));
  const found = { isBare: false, gitDirectory: join(top, '.git') };

  for (const where of [top, join(top, 'below'), other]) {
    expect(await gitPlaces.find(where)).toEqual(found);
  }
  expect(await gitPlaces.own(join(top, 'below'))).toBe(join(top, '.git'));
  expect(await gitPlaces.own(other)).toBe(join(top, '.git/worktrees/b'));
});

it('a bare one is said to be bare, and none is an error', async () => {
  const parent = realpathSync(temporaryDirectory());
  const bare = join(parent, 'a.git');
  git('.', 'init', '-q', '--bare', bare);

  expect(await gitPlaces.find(bare)).toEqual({ isBare: true, gitDirectory: bare });
  expect(await gitPlaces.own(bare)).toBe(bare);
  await expect(gitPlaces.find(parent)).rejects.toThrow(GitError);
  await expect(gitPlaces.own(parent)).rejects.toThrow(GitError);
});
