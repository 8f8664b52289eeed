import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  GitConfig,
  thisMachine,
  locationLogPath,
  parseLocationLog,
  presentIn,
  readConfiguration,
  RepositorySizes,
  setCluster,
  setDescription,
  setGroupPreferredContent,
  setGroups,
  setMaxsize,
  setNumcopies,
  setPreferredContent,
  setProxy,
  setTrust,
  stampOf,
  unionMerge,
  type AnnexBranch,
} from '../../src/repository/index.ts';
import {
  annexRepository,
  imaginaryUuid,
  presence,
  sizesByGitAnnex,
  uuidOf,
  whereis,
  withBranch,
} from '../support/branch.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isLong, someOf } from '../support/long.ts';

const [one, two, three] = [imaginaryUuid(1), imaginaryUuid(2), imaginaryUuid(3)];

function journalOf(directory: string): string[] {
  return readdirSync(`${directory}/.git/annex/journal`);
}

async function sizesByBallast(branch: AnnexBranch): Promise<Map<string, bigint>> {
  const sizes = await RepositorySizes.open(branch);
  const known = new Map<string, bigint>();
  for (const uuid of sizes.uuids()) {
    const size = sizes.sizeBytes(uuid, false);
    if (size !== undefined) known.set(uuid, size);
  }
  return known;
}

describe.skipIf(!hasGitAnnex)('beside git-annex', () => {
  test('git-annex sees a change in the journal, and in the branch', async () => {
    const directory = annexRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s10--a', one), presence('A-s10--a', two)]);
      expect(whereis(directory, 'A-s10--a')).toEqual([one, two]);

      await branch.change([presence('A-s10--a', two, false), presence('A-s5--b', two)]);
      await branch.flush();
      expect(journalOf(directory)).toEqual([]);
      expect(whereis(directory, 'A-s10--a')).toEqual([one]);
      expect(sizesByGitAnnex(directory).get(two)).toBe(5n);
      expect(git(directory, 'annex', 'info', '--json', '--bytes', '--fast')).toContain(
        '"success":true',
      );
    });
  });

  test('a change of git-annex in between survives, and so do ours', async () => {
    const directory = annexRepository();
    await withBranch(directory, async (branch) => {
      for (let round = 0; round < 3; round += 1) {
        await branch.change([presence(`A-s1--${round}`, one)]);
        git(directory, 'annex', 'setpresentkey', `A-s1--${round}`, two, '1');
        git(directory, 'annex', 'numcopies', String(round + 1));
        await branch.change([presence(`A-s1--${round}`, three)]);
        if (round % 2 === 0) await branch.flush();
      }
      await branch.flush();
    });
    for (let round = 0; round < 3; round += 1) {
      expect(whereis(directory, `A-s1--${round}`)).toEqual([one, two, three]);
    }
    expect(git(directory, 'annex', 'numcopies').trim()).toBe('3');
  });

  test('writes a location log as git-annex writes it', async () => {
    const directory = annexRepository();
    await withBranch(directory, async (branch) => {
      const path = locationLogPath(keyOf('A-s1--a'));
      for (const uuid of [two, three, one]) await branch.change([presence('A-s1--a', uuid)]);
      const ours = (await branch.read(path)) ?? '';
      for (const uuid of [two, three, one]) {
        git(directory, 'annex', 'setpresentkey', 'A-s1--b', uuid, '1');
      }
      const theirs = (await branch.read(locationLogPath(keyOf('A-s1--b')))) ?? '';
      const unstamped = (text: string): string => text.replaceAll(/^\d+s /gm, '');

      expect(unstamped(ours)).toBe(unstamped(theirs));
      await branch.flush();
      git(directory, 'annex', 'setpresentkey', 'A-s1--a', one, '0');
      expect(presentIn((await branch.read(path)) ?? '')).toEqual([two, three]);
      await branch.change([presence('A-s1--a', one)]);
      expect(whereis(directory, 'A-s1--a')).toEqual([one, two, three]);
      expect(parseLocationLog((await branch.read(path)) ?? '').size).toBe(3);
    });
  });

  test('settings written by ballast are read by git-annex, and the other way round', async () => {
    const directory = annexRepository();
    const here = uuidOf(git(directory, 'config', 'annex.uuid').trim());
    const cluster = uuidOf('ac205ac5-d1e7-852c-a284-af955a1e255e');
    const now = stampOf(Date.now());
    await withBranch(directory, async (branch) => {
      const set = (
        path: string,
        edit: (old: string) => string,
      ): { path: string; edit: typeof edit } => ({
        path,
        edit,
      });
      const gpc = 'group-preferred-content.log';
      await branch.change([
        set('uuid.log', (old) => setDescription(old, { subject: one, value: 'node one', now })),
        set('trust.log', (old) => setTrust(old, { uuid: one, trust: 'untrusted', now })),
        set('group.log', (old) => setGroups(old, { uuid: one, groups: ['nodes', 'b'], now })),
        set('preferred-content.log', (old) =>
          setPreferredContent(old, { subject: one, value: 'groupwanted', now }),
        ),
        set('required-content.log', (old) =>
          setPreferredContent(old, { subject: one, value: 'include=*.a or present', now }),
        ),
        set(gpc, (old) =>
          setGroupPreferredContent(old, { subject: 'nodes', value: 'balanced=nodes:2', now }),
        ),
        set('maxsize.log', (old) => setMaxsize(old, { uuid: one, maxsizeBytes: 12_345n, now })),
        set('numcopies.log', (old) => setNumcopies(old, { copies: 2, now })),
        set('mincopies.log', (old) => setNumcopies(old, { copies: 3, now })),
        set('cluster.log', (old) => setCluster(old, { cluster, nodes: [one], now })),
        set('proxy.log', (old) =>
          setProxy(old, { gateway: here, remotes: [{ uuid: one, name: 'node1' }], now }),
        ),
      ]);
      await branch.flush();
      const annex = (...words: readonly string[]): string =>
        git(directory, 'annex', ...words).trim();

      expect(annex('group', one)).toBe('b nodes');
      expect(annex('wanted', one)).toBe('groupwanted');
      expect(annex('required', one)).toBe('include=*.a or present');
      expect(annex('groupwanted', 'nodes')).toBe('balanced=nodes:2');
      expect(annex('maxsize', one, '--json')).toContain('"maxsize":12345,');
      expect(annex('numcopies')).toBe('2');
      expect(annex('mincopies')).toBe('3');
      expect(annex('info', '--fast', '--json')).toMatch(
        /"untrusted repositories":\[\{"description":"node one"/,
      );

      annex('maxsize', one, '2kb');
      annex('trust', '--force', one);
      annex('group', one, 'c');
      annex('groupwanted', 'nodes', 'anything');
      annex('numcopies', '4');
      annex('wanted', one, '');
      const configuration = await readConfiguration(
        branch,
        await GitConfig.read(directory, thisMachine.configurations),
      );
      expect(configuration.repositories.get(one)).toEqual({
        description: 'node one',
        trust: 'trusted',
        groups: ['b', 'c', 'nodes'],
        wanted: '',
        required: 'include=*.a or present',
        maxsizeBytes: 2000n,
        preferreddir: undefined,
      });
      expect(configuration).toMatchObject({
        numcopies: 4,
        mincopies: 3,
        groupwanted: new Map([['nodes', 'anything']]),
        clusters: new Map([[cluster, [one]]]),
      });
    });
  });

  test('merges what was synced as git-annex merges it: the same trees', async () => {
    const left = annexRepository();
    const right = join(temporaryDirectory(), 'right');
    git(left, 'commit', '-q', '--allow-empty', '-m', 'a');
    git('.', 'clone', '-q', left, right);
    git(right, 'annex', 'init', 'right');
    for (let number = 0; number < 8; number += 1) {
      git(left, 'annex', 'setpresentkey', `A-s1--${number}`, one, '1');
      git(right, 'annex', 'setpresentkey', `A-s1--${number + 4}`, two, '1');
    }
    for (const directory of [left, right]) git(directory, 'annex', 'numcopies', '2');
    git(left, 'fetch', '-q', right, 'git-annex:refs/remotes/right/git-annex');
    git(left, 'update-ref', 'refs/heads/synced/git-annex', 'refs/remotes/right/git-annex');
    const copy = join(temporaryDirectory(), 'copy');
    execFileSync('cp', ['-a', left, copy]);

    git(copy, 'annex', 'merge');
    await withBranch(left, async (branch) => expect(await branch.merge()).toBe(true));

    expect(git(left, 'rev-parse', 'git-annex^{tree}')).toBe(
      git(copy, 'rev-parse', 'git-annex^{tree}'),
    );
    expect(git(left, 'annex', 'merge')).not.toContain('merging');
    expect(whereis(left, 'A-s1--5')).toEqual([one, two]);
  });

  const sides: readonly (readonly [ours: string, theirs: string])[] = [
    ['a\n\nb', 'c\n\nb\nb\n'],
    ['b\na\n', 'a\nb\n'],
    ['b\n', 'b\na\n'],
    ['z', 'z\n\n'],
    ['\u{1F600}\n\uFFFD\n', 'z\n\u00e9\n'],
  ];

  test.each(someOf(sides, 2))(
    'the union of %j and %j is what git-annex makes of them',
    async (ours, theirs) => {
      const directory = annexRepository();
      await withBranch(directory, async (branch) => {
        const base = (await branch.tip()) ?? '';
        await branch.change([{ path: 'x.log', edit: () => theirs }]);
        await branch.flush();
        git(directory, 'update-ref', 'refs/remotes/o/git-annex', 'refs/heads/git-annex');
        git(directory, 'update-ref', 'refs/heads/git-annex', base);
        await branch.change([{ path: 'x.log', edit: () => ours }]);
        await branch.flush();
        git(directory, 'annex', 'merge');

        expect(await branch.read('x.log')).toBe(unionMerge(ours, theirs));
      });
    },
  );

  test('sizes are those of git-annex: journal, branch, dead keys, keys without a size', async () => {
    const directory = annexRepository();
    await withBranch(directory, async (branch) => {
      await branch.change([
        presence('A-s100--a', one),
        presence('A-s100--a', two),
        presence('A--nosize', three),
        presence('A-s7-S3-C1--chunk', one),
        presence('A-s20--dead', one),
      ]);
      await branch.change([presence('A-s20--dead', one, false)]);
      git(directory, 'annex', 'dead', '--key', 'A-s20--dead');
      await branch.change([presence('A-s100--a', two, false)]);
      const ours = await sizesByBallast(branch);
      const theirs = sizesByGitAnnex(directory);
      expect(ours.get(one)).toBe(theirs.get(one));
      expect(ours.has(two)).toBe(false);
      expect(ours.get(three)).toBe(0n);

      await branch.flush();
      expect((await sizesByBallast(branch)).get(one)).toBe(theirs.get(one));
    });
  });

  test('two writing processes and a git-annex that writes all the while lose nothing', async () => {
    const directory = annexRepository();
    const worker = fileURLToPath(new URL('../support/branch-worker.ts', import.meta.url));
    const count = isLong ? 60 : 30;
    const workers = ['x', 'y'].map((prefix) =>
      spawn(process.execPath, ['--no-warnings', worker, directory, prefix, one, String(count)], {
        env: gitEnvironment,
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const batch = spawn('git', ['-C', directory, 'annex', 'setpresentkey', '--batch'], {
      env: gitEnvironment,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const running = [...workers, batch].map((child) => once(child, 'exit'));
    for (let number = 0; number < count; number += 1) {
      for (const prefix of ['x', 'y']) batch.stdin.write(`WORM-s1--${prefix}${number} ${two} 1\n`);
      if (number % 10 === 0) git(directory, 'annex', 'numcopies', String(number + 1));
    }
    batch.stdin.end();
    for (const ended of running) expect(await ended).toEqual([0, null]);

    await withBranch(directory, async (branch) => {
      await branch.flush();
      for (const prefix of ['x', 'y']) {
        for (let number = 0; number < count; number += 1) {
          const path = locationLogPath(keyOf(`WORM-s1--${prefix}${number}`));
          expect(presentIn((await branch.read(path)) ?? '')).toEqual([one, two]);
        }
      }
    });
    expect(git(directory, 'annex', 'numcopies').trim()).toBe(isLong ? '51' : '21');
  });

  test('a journal that git-annex left is committed with its lines', async () => {
    const directory = annexRepository();
    git(directory, 'annex', 'setpresentkey', 'A-s1--a', one, '1');
    expect(journalOf(directory)).toHaveLength(1);
    await withBranch(directory, async (branch) => {
      await branch.flush();
      expect(journalOf(directory)).toEqual([]);
      expect(whereis(directory, 'A-s1--a')).toEqual([one]);
    });
  });

  test('keys that begin with an underscore keep their log, which git-annex files wrongly', async () => {
    const directory = annexRepository();
    git(directory, 'annex', 'setpresentkey', '_X-s3--a', one, '1');
    await withBranch(directory, async (branch) => {
      await branch.flush();
      expect(whereis(directory, '_X-s3--a')).toEqual([one]);
    });
  });

  test('nothing is written to the index of git-annex', async () => {
    const directory = annexRepository();
    git(directory, 'annex', 'numcopies', '1');
    const reflected = git(directory, 'rev-parse', 'git-annex').trim();
    await withBranch(directory, async (branch) => {
      await branch.change([presence('A-s1--a', one)]);
      await branch.flush();
    });

    const index = execFileSync('cat', [`${directory}/.git/annex/index.lck`], { encoding: 'utf8' });
    expect(index.trim()).toBe(reflected);
    git(directory, 'annex', 'numcopies', '2');
    expect(whereis(directory, 'A-s1--a')).toEqual([one]);
  });
});
