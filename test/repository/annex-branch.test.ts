import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  AnnexBranch,
  branchRef,
  locationLogPath,
  logBytesMax,
  parseUuidLog,
  setDescription,
  stampOf,
} from '../../src/repository/index.ts';
import { imaginaryUuid, presence, withBranch } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const [one, two] = [imaginaryUuid(1), imaginaryUuid(2)];
const now = stampOf(1_700_000_000_000);

function emptyRepository(): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q');
  return directory;
}

function logOf(directory: string, keyText: string): string {
  return git(directory, 'cat-file', 'blob', `git-annex:${locationLogPath(keyOf(keyText))}`);
}

function journalOf(directory: string): string[] {
  return readdirSync(`${directory}/.git/annex/journal`);
}

function commitOn(directory: string, parent: string, file: { path: string; text: string }): string {
  const stream = [
    'commit refs/heads/scratch',
    'committer someone <someone@example.org> 1700000000 +0000',
    'data 1\nx',
    `from ${parent}`,
    `M 100644 inline ${file.path}`,
    `data ${Buffer.byteLength(file.text)}\n${file.text}`,
  ].join('\n');
  writeFileSync(`${directory}/.git/stream`, `${stream}\n`);
  git(directory, '-c', 'alias.feed=!git fast-import --quiet --force <.git/stream', 'feed');
  return git(directory, 'rev-parse', 'refs/heads/scratch').trim();
}

describe('the git-annex branch', () => {
  test('is made by create, once', async () => {
    const directory = emptyRepository();
    const text = setDescription('', { subject: one, value: 'first', now });

    await withBranch(directory, async (branch) => {
      expect(await branch.tip()).toBeUndefined();
      await branch.create([{ path: 'uuid.log', text }]);
      expect(await branch.read('uuid.log')).toBe(text);
      await expect(branch.create([])).rejects.toThrow('already');
    });

    expect(git(directory, 'log', '--format=%s', 'git-annex').trim()).toBe('branch created');
    expect(git(directory, 'for-each-ref', '--format=%(refname)').trim()).toBe(branchRef);
    expect(git(directory, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('a change is in the journal when it is acknowledged, and committed by itself soon after', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--a', one)]);

      expect(journalOf(directory)).toHaveLength(1);
      await expect.poll(() => branch.tip(), { timeout: 5000 }).toBeDefined();
      await expect.poll(() => journalOf(directory)).toHaveLength(0);
      expect(logOf(directory, 'A-s1--a')).toMatch(/^\d+s 1 11111111-/);
    });
  });

  test('edits of one path are applied in order, and one that throws takes only its own call along', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      const add = (line: string) => ({ path: 'x.log', edit: (old: string) => `${old}${line}\n` });
      const bad = {
        path: 'x.log',
        edit: (): string => {
          throw new RangeError('bad edit');
        },
      };

      const results = await Promise.allSettled([
        branch.change([add('1')]),
        branch.change([add('lost'), bad]),
        branch.change([{ path: `${'y'.repeat(300)}.log`, edit: () => 'too long a name' }]),
        branch.change([{ path: 'nul\0.log', edit: () => 'x' }]),
        branch.change([add('2'), add('3')]),
      ]);

      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
      expect(await branch.read('x.log')).toBe('1\n2\n3\n');
    });
    expect(git(directory, 'cat-file', 'blob', 'git-annex:x.log')).toBe('1\n2\n3\n');
  });

  test('a change that changes nothing writes nothing', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--a', one)]);
      await branch.flush();
      const tip = await branch.tip();
      await branch.change([presence('A-s1--a', one)]);

      expect(journalOf(directory)).toEqual([]);
      await branch.flush();
      expect(await branch.tip()).toBe(tip);
    });
  });

  test.each([
    'WORM-s7--new\nline',
    'WORM-s7--"quoted" \\ back\\',
    'WORM-s7--\udcff\udce9 \u00e9 not UTF-8',
    'WORM-s7--carriage\r',
    "WORM-s7--tab\tand $(shell) `x` 'y'",
    '_WORM-s7--underscore',
    'WORM-s7--\udcff\nboth',
    'WORM-s7--a^{tree}~3@{1}:b',
    'WORM-s7--x-gdeadbeef',
  ])('a key named %j is written, committed and read back', async (keyText) => {
    const directory = emptyRepository();
    const path = locationLogPath(keyOf(keyText));
    await withBranch(directory, async (branch) => {
      await branch.change([presence(keyText, one)]);
      expect(await branch.read(path)).toContain(one);
      await branch.flush();
      expect(journalOf(directory)).toEqual([]);

      expect(await branch.read(path)).toContain(one);
      const paths: string[] = [];
      for await (const file of branch.scan((await branch.tip()) ?? '')) paths.push(file.path);
      expect(paths).toEqual([path]);
    });
    expect(git(directory, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('what others left in the journal is committed, and what git would refuse is reported and left', async () => {
    const directory = emptyRepository();
    const journal = `${directory}/.git/annex/journal`;
    mkdirSync(journal, { recursive: true });
    writeFileSync(`${journal}/uuid.log`, `${one} left timestamp=5s\n`);
    writeFileSync(`${journal}/.._x.log`, 'evil\n');
    writeFileSync(`${journal}/a____b_`, 'evil\n');
    execFileSync('mkfifo', [`${journal}/pipe.log`]);
    mkdirSync(`${journal}/directory.log`);
    const problems: string[] = [];
    const branch = await AnnexBranch.open(directory, {
      onProblem: (e) => problems.push(e.message),
    });

    await branch.flush();
    await branch.flush();
    await branch.close();

    expect(git(directory, 'ls-tree', '-r', '--name-only', 'git-annex').trim()).toBe('uuid.log');
    expect(journalOf(directory).toSorted()).toEqual([
      '.._x.log',
      'a____b_',
      'directory.log',
      'pipe.log',
    ]);
    expect(problems).toHaveLength(4);
    for (const name of ['directory.log', 'pipe.log']) {
      expect(problems.join('\n')).toContain(`${name} in the journal is no file`);
    }
  });

  test('a commit that fails is reported, leaves the journal, and changes go on', async () => {
    const directory = emptyRepository();
    const lock = `${directory}/.git/refs/heads/git-annex.lock`;
    const held = openSync(lock, 'wx'); // else it would be one that nobody holds
    const problems: Error[] = [];
    const branch = await AnnexBranch.open(directory, { onProblem: (e) => problems.push(e) });

    await branch.change([presence('A-s1--a', one)]);
    await expect(branch.flush()).rejects.toThrow('git');
    await branch.change([presence('A-s1--b', one)]);
    expect(journalOf(directory)).toHaveLength(2);
    await expect.poll(() => problems.length, { timeout: 10_000 }).toBeGreaterThan(0);

    closeSync(held);
    rmSync(lock);
    await expect.poll(() => journalOf(directory), { timeout: 10_000 }).toEqual([]);
    await branch.close();
    expect(logOf(directory, 'A-s1--b')).toContain(one);
  });

  test('a commit that git cannot write is reported, and leaves nothing lying about', async () => {
    const directory = emptyRepository();
    const objects = `${directory}/.git/objects`;
    const problems: Error[] = [];
    const branch = await AnnexBranch.open(directory, { onProblem: (e) => problems.push(e) });
    renameSync(objects, `${objects}.away`);
    writeFileSync(objects, 'a file in the way, as a full disk would be');

    await branch.change([presence('A-s1--a', one)]).catch(() => undefined);
    await branch.flush().catch(() => undefined);
    rmSync(objects);
    renameSync(`${objects}.away`, objects);
    await branch.change([presence('A-s1--b', one)]);
    await branch.flush();
    await branch.close();

    expect(logOf(directory, 'A-s1--b')).toContain(one);
    expect(readdirSync(`${directory}/.git`).filter((name) => name.includes('crash'))).toEqual([]);
  });

  test('a push past the journal loses nothing, and is seen by the next change', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--a', one)]);
      await branch.flush();
      const tip = (await branch.tip()) ?? '';
      const path = locationLogPath(keyOf('A-s1--a'));
      const far = 9_000_000_000;
      const pushed = commitOn(directory, tip, {
        path,
        text: `${far}s 0 ${one}\n${far}s 1 ${two}\n`,
      });

      await branch.change([presence('A-s1--a', imaginaryUuid(3))]);
      git(directory, 'update-ref', branchRef, pushed);
      await branch.change([presence('A-s1--a', one)]);
      await branch.flush();

      expect(logOf(directory, 'A-s1--a')).toContain(`${far + 1}s 1 ${one}\n${far}s 1 ${two}\n`);
      expect(logOf(directory, 'A-s1--a')).toContain(`1 ${imaginaryUuid(3)}`);
    });
  });

  test('streams what differs between two commits, in both directions', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--kept', one), presence('A-s1--changed', one)]);
      await branch.flush();
      const old = (await branch.tip()) ?? '';
      await branch.change([presence('A-s1--changed', two), presence('A-s1--new\nline', one)]);
      await branch.change([{ path: 'uuid.log', edit: () => 'not a location log\n' }]);
      await branch.flush();
      const tip = (await branch.tip()) ?? '';

      const [forth, back]: Map<string, [boolean, boolean]>[] = [new Map(), new Map()];
      for await (const { path, before, after } of branch.changesBetween(old, tip)) {
        forth?.set(path, [before.includes(two), after.includes(two)]);
        expect(before).not.toBe(after);
      }
      for await (const { path, before, after } of branch.changesBetween(tip, old)) {
        back?.set(path, [before.includes(two), after.includes(two)]);
      }

      expect(forth?.size).toBe(2);
      expect(forth?.get(locationLogPath(keyOf('A-s1--changed')))).toEqual([false, true]);
      expect(back?.get(locationLogPath(keyOf('A-s1--changed')))).toEqual([true, false]);
      expect(back?.get(locationLogPath(keyOf('A-s1--new\nline')))).toEqual([false, false]);
    });
  });

  test('its version changes with the journal and with the branch, and else stays', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--a', one)]);
      await branch.flush();
      await expect
        .poll(async () => (await branch.version()) === (await branch.version()))
        .toBe(true);
      const before = await branch.version();
      await branch.change([presence('A-s1--a', two)]);
      const journalled = await branch.version();
      await branch.flush();
      const committed = await branch.version();

      expect(new Set([before, journalled, committed]).size).toBe(3);
    });
  });
});

test('tells when nothing can be written to the journal, and when it can again', async () => {
  const directory = emptyRepository();
  const told: string[] = [];
  const branch = await AnnexBranch.open(directory, {
    onTrouble: (act, trouble) => {
      if (act === 'note') told.push(trouble?.error.message ?? 'over');
    },
  });
  await branch.create([]);
  const journal = `${directory}/.git/annex/journal`;
  rmSync(journal, { recursive: true, force: true });
  mkdirSync(`${directory}/.git/annex`, { recursive: true });
  writeFileSync(journal, '');
  const change = (): Promise<void> => branch.change([{ path: 'x.log', edit: () => 'x\n' }]);

  await expect(change()).rejects.toThrow(/EEXIST|ENOTDIR|not a directory/);
  await expect(
    branch.change([{ path: `${'x'.repeat(300)}.log`, edit: () => 'x' }]),
  ).rejects.toThrow(/ENOTDIR|EEXIST|not a directory/);
  rmSync(journal);
  await change();

  expect(told.at(-1)).toBe('over');
  expect(told.slice(0, -1)).toEqual([
    expect.stringMatching(/EEXIST|ENOTDIR|not a directory/),
    expect.stringMatching(/EEXIST|ENOTDIR|not a directory/),
  ]);
  await expect(
    branch.change([{ path: `${'x'.repeat(300)}.log`, edit: () => 'x' }]),
  ).rejects.toThrow('ENAMETOOLONG');
  expect(told.at(-1)).toBe('over');
  await branch.close();
});

test('tells when nothing of the journal can be read', async () => {
  const directory = emptyRepository();
  const told: string[] = [];
  const branch = await AnnexBranch.open(directory, {
    onTrouble: (act, trouble) => {
      if (act === 'note') told.push(trouble?.error.message ?? 'over');
    },
  });
  await branch.create([]);
  mkdirSync(`${directory}/.git/annex/journal/x.log`, { recursive: true });
  const change = (path: string): Promise<void> => branch.change([{ path, edit: () => 'x\n' }]);

  await expect(change('x.log')).rejects.toThrow('is no file');
  await expect.poll(() => told).toEqual([expect.stringContaining('is no file')]);
  await Promise.allSettled([change('x.log'), change('y.log')]);
  await expect.poll(() => told.at(-1)).toBe('over');
  await branch.close();
});

describe('merging', () => {
  function siblingOf(directory: string, parent: string, path: string, text: string): string {
    const sha = commitOn(directory, parent, { path, text });
    git(directory, 'update-ref', 'refs/remotes/origin/git-annex', sha);
    return sha;
  }

  test('is a fast-forward when the branch has nothing of its own', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.create([{ path: 'uuid.log', text: `${one} a timestamp=5s\n` }]);
      const sibling = siblingOf(directory, (await branch.tip()) ?? '', 'x.log', 'theirs\n');

      expect(await branch.merge()).toBe(true);
      expect(await branch.tip()).toBe(sibling);
      expect(await branch.merge()).toBe(false);
    });
  });

  test('keeps the lines of both sides and of the journal', async () => {
    const directory = emptyRepository();
    await withBranch(directory, async (branch) => {
      await branch.create([{ path: 'uuid.log', text: `${one} a timestamp=5s\n` }]);
      const sibling = siblingOf(
        directory,
        (await branch.tip()) ?? '',
        'uuid.log',
        `${one} a timestamp=5s\n${two} b timestamp=5s\n`,
      );
      await branch.change([
        { path: 'uuid.log', edit: (old) => `${old}${imaginaryUuid(3)} c timestamp=5s\n` },
      ]);

      expect(await branch.merge()).toBe(true);
      const described = parseUuidLog((await branch.read('uuid.log')) ?? '');
      expect([...described.values()].toSorted()).toEqual(['a', 'b', 'c']);
      expect(git(directory, 'merge-base', sibling, 'git-annex').trim()).toBe(sibling);
      expect(git(directory, 'log', '-1', '--format=%s', 'git-annex').trim()).toBe(
        'merging origin/git-annex into git-annex',
      );
    });
  });

  test('takes over a sibling when there is no branch yet', async () => {
    const directory = emptyRepository();
    await withBranch(directory, (branch) => branch.create([{ path: 'uuid.log', text: 'x\n' }]));
    const sha = git(directory, 'rev-parse', 'git-annex').trim();
    git(directory, 'update-ref', 'refs/heads/synced/git-annex', sha);
    git(directory, 'update-ref', '-d', branchRef);

    await withBranch(directory, async (branch) => {
      expect(await branch.merge()).toBe(true);
      expect(await branch.tip()).toBe(sha);
    });
  });

  test('leaves a sibling that asks for an unknown transition alone, and says so once', async () => {
    const directory = emptyRepository();
    const problems: string[] = [];
    const branch = await AnnexBranch.open(directory, {
      onProblem: (e) => problems.push(e.message),
    });
    await branch.create([{ path: 'uuid.log', text: 'x\n' }]);
    const tip = await branch.tip();
    siblingOf(directory, tip ?? '', 'transitions.log', 'ForgetEverything 5s\n');

    expect(await branch.merge()).toBe(false);
    expect(await branch.merge()).toBe(false);
    expect(await branch.tip()).toBe(tip);
    expect(problems).toEqual([expect.stringMatching(/not known here: "ForgetEverything 5s"$/)]);
    await branch.close();
  });

  /** A log that is too large to be read. */
  const tooLarge = `${one} ours timestamp=5s\n`.padEnd(logBytesMax, 'x').concat('\n');

  test('does not put a log of theirs in place of ours that is too large to read', async () => {
    const directory = emptyRepository();
    const problems: Error[] = [];
    const branch = await AnnexBranch.open(directory, { onProblem: (e) => problems.push(e) });
    await branch.create([
      { path: 'uuid.log', text: 'x\n' },
      { path: 'x.log', text: 'old\n' },
    ]);
    const base = (await branch.tip()) ?? '';
    const ours = commitOn(directory, base, { path: 'x.log', text: tooLarge });
    git(directory, 'update-ref', branchRef, ours);
    siblingOf(directory, base, 'x.log', 'theirs\n');

    expect(await branch.merge()).toBe(false);
    expect(await branch.merge()).toBe(false);

    expect(await branch.tip()).toBe(ours);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^refs\/remotes\/origin\/git-annex in .* is not merged: "x\.log" of it/,
      ),
    ]);
    // One that leaves that log alone is merged.
    const more = commitOn(directory, ours, { path: 'y.log', text: 'more\n' });
    git(directory, 'update-ref', 'refs/heads/synced/git-annex', more);
    expect(await branch.merge()).toBe(true);
    expect(git(directory, 'rev-parse', 'git-annex:x.log')).toBe(
      git(directory, 'rev-parse', `${ours}:x.log`),
    );
    await branch.close();
  });

  test('and no commit does, nor is kept from what it can take', async () => {
    const directory = emptyRepository();
    const problems: Error[] = [];
    const branch = await AnnexBranch.open(directory, { onProblem: (e) => problems.push(e) });
    await branch.create([{ path: 'x.log', text: 'old\n' }]);
    const base = (await branch.tip()) ?? '';
    const ours = commitOn(directory, base, { path: 'x.log', text: tooLarge });
    git(directory, 'update-ref', branchRef, ours);
    mkdirSync(`${directory}/.git/annex/journal`, { recursive: true });
    writeFileSync(`${directory}/.git/annex/journal/x.log`, 'new\n');
    await branch.change([presence('A-s1--a', one)]);
    await branch.flush();

    expect(logOf(directory, 'A-s1--a')).toContain(one);
    expect(journalOf(directory)).toEqual(['x.log']);
    siblingOf(directory, ours, 'y.log', 'theirs\n');
    expect(await branch.merge()).toBe(true);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^"x\.log" in the journal of .* cannot be committed: git object/),
    ]);
    await branch.close();
    expect(git(directory, 'rev-parse', 'git-annex:x.log')).toBe(
      git(directory, 'rev-parse', `${ours}:x.log`),
    );
  });

  test.each(['merge', 'mergeSoon'] as const)('that fails is done later: %s', async (way) => {
    const directory = emptyRepository();
    const problems: Error[] = [];
    const branch = await AnnexBranch.open(directory, { onProblem: (e) => problems.push(e) });
    await branch.create([{ path: 'uuid.log', text: 'x\n' }]);
    const sibling = siblingOf(directory, (await branch.tip()) ?? '', 'x.log', 'theirs\n');
    const lock = `${directory}/.git/refs/heads/git-annex.lock`;
    const held = openSync(lock, 'wx'); // else it would be one that nobody holds

    const outcome = await Promise.resolve(branch[way]()).then(String, String);
    await expect.poll(() => problems.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(outcome).toMatch(way === 'merge' ? /^GitError: git/ : /^undefined$/);
    closeSync(held);
    rmSync(lock);

    await expect.poll(() => branch.tip(), { timeout: 10_000 }).toBe(sibling);
    await branch.close();
  });
});
