import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import {
  AnnexBranch,
  locationLogPath,
  ownDisk,
  type MergeTally,
} from '../../../src/repository/index.ts';
import { CommitSchedule } from '../../../src/repository/branch/commit-schedule.ts';
import { BranchMerger } from '../../../src/repository/merging/branch-merger.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { keyOf } from '../../support/objects.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isErrorCode } from '../../../src/units/index.ts';

const [live, dead, sharing, cluster] = [1, 2, 3, 4].map((n) => imaginaryUuid(n));
const stamp = '1700000000s';
const log = locationLogPath(keyOf('WORM-s5-m1--x'));

/** Logs of every kind, with lines about a live and about a dead repository. */
const logs: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['uuid', 'group', 'preferred-content', 'required-content', 'schedule', 'multicast'].map(
      (name) => [`${name}.log`, [`${live} x timestamp=${stamp}`, `${dead} x timestamp=${stamp}`]],
    ),
  ),
  'trust.log': [`${dead} X timestamp=${stamp}`],
  'remote.log': [
    `${live} name=l type=directory timestamp=${stamp}`,
    `${dead} name=d type=directory timestamp=${stamp}`,
    `${sharing} encryption=none sameas-name=s sameas-uuid=${dead} type=directory timestamp=${stamp}`,
  ],
  'maxsize.log': [`${stamp} ${live} 12`, `${stamp} ${dead} 12`],
  'proxy.log': [`${stamp} ${live} ${dead}:x`, `${stamp} ${dead} ${live}:y`],
  'cluster.log': [`${stamp} ${cluster} ${dead} ${live}`],
  'export.log': [`${stamp} ${dead}:${live} 4b825dc642cb6eb9a060e54bf8d69288fbee4904`],
  'numcopies.log': [`${stamp} 2`],
  [log]: [`${stamp} 1 ${live}`, `${stamp} 1 ${dead}`, `1s 0 ${dead}`],
  [`${log}.cnk`]: [`${stamp} ${live}:10 3`, `${stamp} ${dead}:10 3`, `${stamp} ${sharing}:10 3`],
  [`${log}.rmt`]: [`${stamp} ${live} x`, `${stamp} ${dead} x`],
  [`${log}.rmet`]: [`${stamp} ${live}:a +x`, `${stamp} ${dead}:a +x`],
  [`${log}.cid`]: [`${stamp} ${live} a:b`, `${stamp} ${dead} a:b`],
  [`${log}.met`]: [`${stamp} tag +x`],
  [`${log}.web`]: [`${stamp} 1 http://example.org/${dead}`],
  [locationLogPath(keyOf('WORM-s5-m1--y'))]: [`${stamp} 1 ${dead}`],
};

/** A repository whose git-annex branch has these logs. */
function repositoryWith(files: Readonly<Record<string, readonly string[]>>): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q');
  commitTo(directory, 'refs/heads/git-annex', files);
  return directory;
}

function commitTo(
  directory: string,
  ref: string,
  files: Readonly<Record<string, readonly string[]>>,
  parent?: string,
): void {
  const stream = [
    `commit ${ref}`,
    'committer someone <someone@example.org> 1700000000 +0000',
    'data 1\nx',
    ...(parent === undefined ? [] : [`from ${parent}`]),
    ...Object.entries(files).map(([path, lines]) => {
      const text = `${lines.join('\n')}\n`;
      return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`;
    }),
  ].join('\n');
  writeFileSync(`${directory}/.git/stream`, `${stream}\n`);
  git(directory, '-c', 'alias.feed=!git fast-import --quiet --force <.git/stream', 'feed');
}

/** Every line with its path, words of remote.log in one order. */
function linesOf(directory: string): Set<string> {
  const text = git(directory, 'grep', '--full-name', '-e', '', 'git-annex', '--');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(lines.map((line) => line.split(' ').sort().join(' ')));
}

const asked = { 'transitions.log': ['ForgetGitHistory 5s', 'ForgetDeadRemotes 5s'] };

/** Merges a version of the branch that asks to forget. */
async function forgetIn(
  directory: string,
  files: Readonly<Record<string, readonly string[]>>,
  options: { readonly mayForget: boolean } = { mayForget: true },
): Promise<MergeTally> {
  commitTo(directory, 'refs/heads/scratch', files);
  const sha = git(directory, 'rev-parse', 'scratch').trim();
  return await withBranch(directory, (branch) =>
    branch.take({ name: 'refs/heads/git-annex', sha, ...options }),
  );
}

async function withBranch<T>(
  directory: string,
  act: (branch: AnnexBranch) => Promise<T>,
): Promise<T> {
  const branch = await AnnexBranch.open(directory);
  try {
    return await act(branch);
  } finally {
    await branch.close();
  }
}

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
