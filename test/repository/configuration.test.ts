import { expect, test } from 'vitest';
import {
  GitConfig,
  thisMachine,
  LiveConfiguration,
  RepositorySizes,
  setDescription,
  setNumcopies,
  setTrust,
  stampOf,
} from '../../src/repository/index.ts';
import { annexRepository, imaginaryUuid, presence, withBranch } from '../support/branch.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const [one, two] = [imaginaryUuid(1), imaginaryUuid(2)];
const now = stampOf(1_700_000_000_000);

function emptyRepository(): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q');
  return directory;
}

test('the live configuration stays one object until a setting changes, by whomever', async () => {
  const directory = emptyRepository();
  await withBranch(directory, async (branch) => {
    const live = new LiveConfiguration(
      branch,
      await GitConfig.read(directory, thisMachine.configurations),
    );
    const empty = await live.current();
    expect(empty.repositories.size).toBe(0);
    expect(empty.fullyBalancedThresholdPercent).toBe(90);

    await branch.change([
      { path: 'uuid.log', edit: (old) => setDescription(old, { subject: one, value: 'a', now }) },
    ]);
    const described = await live.current();
    expect(described.repositories.get(one)?.description).toBe('a');

    await branch.change([presence('A-s1--a', one)]);
    await branch.flush();
    expect(await live.current()).toBe(described);

    await branch.change([
      { path: 'numcopies.log', edit: (old) => setNumcopies(old, { copies: 3, now }) },
    ]);
    await branch.flush();
    expect((await live.current()).numcopies).toBe(3);
  });
});

test('the threshold is a number with anything after it, and 90 when it is none', async () => {
  const directory = emptyRepository();
  await withBranch(directory, async (branch) => {
    for (const [value, percent] of [
      ['75', 75],
      ['80.5 %', 80.5],
      ['many', 90],
    ] as const) {
      git(directory, 'config', 'annex.fullybalancedthreshhold', value);
      const live = new LiveConfiguration(
        branch,
        await GitConfig.read(directory, thisMachine.configurations),
      );
      expect((await live.current()).fullyBalancedThresholdPercent).toBe(percent);
    }
  });
});

test('a size is known of repositories that are described or have had a key', async () => {
  await withBranch(emptyRepository(), async (branch) => {
    const sizes = await RepositorySizes.open(branch);
    expect(sizes.sizeBytes(one, false)).toBeUndefined();
    expect(sizes.sizeBytes(one, true)).toBe(0n);

    await branch.change([presence('A-s5--a', one), presence('A-s18446744073709551616--b', one)]);
    await Promise.all([sizes.refresh(), sizes.refresh(), sizes.refresh()]);
    expect(sizes.sizeBytes(one, false)).toBe(2n ** 64n + 5n);

    await branch.change([presence('A-s5--a', one, false), presence('A-s7--c', two)]);
    await branch.flush();
    await sizes.refresh();
    expect(sizes.sizeBytes(one, false)).toBe(2n ** 64n);
    expect(sizes.sizeBytes(two, false)).toBe(7n);
  });
});

test.skipIf(!hasGitAnnex)(
  'remote.NAME.annex-trustlevel counts over trust.log, as in git-annex',
  async () => {
    const directory = annexRepository();
    git(directory, 'config', 'remote.a.b.annex-uuid', one);
    git(directory, 'config', 'remote.a.b.url', '/nowhere');
    git(directory, 'config', 'remote.c.annex-uuid', two);
    git(directory, 'config', 'remote.c.annex-trustlevel', 'very much');
    await withBranch(directory, async (branch) => {
      const config = await GitConfig.read(directory, thisMachine.configurations);
      const live = new LiveConfiguration(branch, config);
      await branch.change([
        { path: 'uuid.log', edit: (old) => setDescription(old, { subject: one, value: 'a', now }) },
        { path: 'trust.log', edit: (old) => setTrust(old, { uuid: one, trust: 'trusted', now }) },
      ]);
      expect((await live.current()).repositories.get(one)?.trust).toBe('trusted');

      git(directory, 'config', 'remote.a.b.annex-trustlevel', 'untrusted');
      await config.reload();
      const { repositories } = await live.current();
      expect(repositories.get(one)?.trust).toBe('untrusted');
      expect(repositories.get(two)?.trust).not.toBe('untrusted');
      const info: { readonly [list: string]: unknown } = JSON.parse(
        git(directory, 'annex', 'info', '--fast', '--json'),
      );
      expect(info['untrusted repositories']).toMatchObject([{ uuid: one }]);
    });
  },
);

test('a change is seen by all that ask at once, and by whoever asks later', async () => {
  const directory = emptyRepository();
  await withBranch(directory, async (branch) => {
    const live = new LiveConfiguration(
      branch,
      await GitConfig.read(directory, thisMachine.configurations),
    );
    await live.current();
    await branch.change([
      { path: 'uuid.log', edit: (old) => setDescription(old, { subject: one, value: 'a', now }) },
    ]);

    const asked = await Promise.all([1, 2, 3].map(() => live.current()));

    for (const seen of [...asked, await live.current()]) {
      expect(seen.repositories.get(one)?.description).toBe('a');
    }
  });
});

test.skipIf(!hasGitAnnex)(
  'a remote that trees are exported to counts for no copy, whatever trust.log says, as in git-annex',
  async () => {
    const directory = annexRepository();
    const settings = ['type=directory', `directory=${temporaryDirectory()}`, 'encryption=none'];
    git(directory, 'annex', 'initremote', 'tree', ...settings, 'exporttree=yes');
    git(directory, 'annex', 'trust', '--force', 'tree');
    const uuid = git(directory, 'config', 'remote.tree.annex-uuid').trim();
    await withBranch(directory, async (branch) => {
      const config = await GitConfig.read(directory, thisMachine.configurations);
      const { repositories } = await new LiveConfiguration(branch, config).current();
      const found = [...repositories].find(([known]) => known === uuid);
      expect(found?.[1].trust).toBe('untrusted');
      expect(git(directory, 'annex', 'info', '--fast', 'tree')).toContain('trust: untrusted');
    });
  },
);

test.each([
  ['exporttree=yes type=directory', 'untrusted'],
  ['exporttree=yes type=directory versioning=yes', 'untrusted'],
  ['exporttree=yes type=S3 versioning=yes', 'semitrusted'],
])('the copies of a remote of %s are %s', async (line, trust) => {
  await withBranch(emptyRepository(), async (branch) => {
    const edit = (): string => `${one} ${line} timestamp=1s\n`;
    await branch.change([{ path: 'remote.log', edit }]);
    const config = await GitConfig.read(temporaryDirectory(), thisMachine.configurations);
    const { repositories } = await new LiveConfiguration(branch, config).current();
    expect(repositories.get(one)?.trust).toBe(trust);
  });
});

test('the settings of a remote that are in use tell whether its copies count, not those of remote.log', async () => {
  await withBranch(emptyRepository(), async (branch) => {
    const edit = (): string => `${one} exporttree=no type=directory timestamp=9s\n`;
    await branch.change([{ path: 'remote.log', edit }]);
    const config = await GitConfig.read(temporaryDirectory(), thisMachine.configurations);
    let line = 'exporttree=yes type=directory';
    const live = new LiveConfiguration(branch, config, {
      version: () => Promise.resolve(line),
      read: () => Promise.resolve(new Map([[one, line]])),
    });
    expect((await live.current()).repositories.get(one)?.trust).toBe('untrusted');
    line = 'exporttree=no type=directory';
    expect((await live.current()).repositories.get(one)?.trust).toBe('semitrusted');
  });
});
