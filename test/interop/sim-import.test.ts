/** Annexes that real git-annex made, written down as simulations. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importAnnex } from '../../src/cli/sim/import/import.ts';
import type { SimulatedRepository, Simulation } from '../../src/simulation/index.ts';
import { compatible, run } from '../simulation/runner.ts';
import { annexRepository } from '../support/branch.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const seed = 5n;

/** A repository, one behind a path and a special remote, with settings and files of all kinds. */
function realAnnex(): { readonly own: string; readonly bee: string } {
  const directory = temporaryDirectory();
  const [own, bee, box] = ['own', 'bee', 'box'].map((name) => join(directory, name));
  if (own === undefined || bee === undefined || box === undefined) throw new Error('no names');
  git('.', 'init', '-q', own);
  const annex = (where: string, ...words: string[]): string => git(where, 'annex', ...words);
  annex(own, 'init', 'the first one');
  mkdirSync(join(own, 'd'));
  mkdirSync(join(own, 'white space'));
  mkdirSync(box);
  for (const number of [1, 2, 3, 4]) {
    writeFileSync(join(own, `d/${number}.flac`), `${number}`.repeat(number * 1000));
  }
  writeFileSync(join(own, 'd/same.flac'), '1'.repeat(1000));
  writeFileSync(join(own, 'white space/x y.txt'), 'x');
  writeFileSync(join(own, 'removed.bin'), 'removed');
  annex(own, 'add', '.');
  git(own, 'commit', '-qm', 'all');
  git(own, 'rm', '-q', 'removed.bin');
  git(own, 'commit', '-qm', 'fewer');
  git('.', 'clone', '-q', own, bee);
  annex(bee, 'init', 'the second one');
  git(own, 'remote', 'add', 'bee', bee);
  annex(own, 'initremote', 'box', 'type=directory', `directory=${box}`, 'encryption=none');
  annex(own, 'sync', '--no-content');
  annex(own, 'copy', '--to', 'bee', 'd/1.flac', 'd/2.flac');
  annex(own, 'copy', '--to', 'box', 'd');
  annex(own, 'unlock', 'd/4.flac');
  git(own, 'commit', '-qm', 'one is unlocked');
  annex(own, 'group', 'here', 'nas');
  annex(own, 'group', 'bee', 'nas');
  annex(own, 'groupwanted', 'nas', 'include="*.flac" and not copies=nas:2');
  annex(own, 'wanted', 'bee', 'groupwanted');
  annex(own, 'required', 'here', 'include=*.txt');
  annex(own, 'maxsize', 'bee', '100kB');
  annex(own, 'untrust', 'box');
  annex(own, 'numcopies', '2');
  return { own, bee };
}

async function imported(
  repository: string,
  options: { readonly sample?: number; readonly madeUpKeys?: boolean } = {},
): Promise<string> {
  const out = join(temporaryDirectory(), 'imported.sim');
  await importAnnex(repository, { seed, out, ...options });
  return readFileSync(out, 'utf8');
}

/** Who really has which contents, by size and place; names of contents differ from import to import. */
function held({ world }: Simulation): readonly string[] {
  const uuidless = ({ name }: SimulatedRepository): string => name;
  return [...world.files()]
    .map((file) => {
      const holders = world.repositories
        .map(uuidless)
        .filter((view) => world.holds(file, { view }));
      return `${world.fileBytes(file)} ${file} ${holders.sort().join(' ')}`;
    })
    .sort();
}

describe.skipIf(!hasGitAnnex)('an import of a real annex', { timeout: 120_000 }, () => {
  const annex = hasGitAnnex ? realAnnex() : { own: '', bee: '' };

  test('says what the annex is, and which contents are where', async () => {
    const { simulation, end } = run(await imported(annex.own));
    const { repositories, numcopies } = simulation.world;

    expect(end).toEqual({ kind: 'done' });
    expect(numcopies).toBe(2);
    expect(repositories).toMatchObject([
      {
        name: 'the-first-one',
        groups: ['nas'],
        required: 'include=*.txt',
        remotes: expect.arrayContaining(['bee', 'box']),
      },
      ...[
        { name: 'bee', wanted: 'groupwanted', maxsizeBytes: 100_000n, remotes: ['the-first-one'] },
        { name: 'box', isSpecialRemote: true, trust: 'untrusted', remotes: [] },
      ].sort((left) => (repositories[1]?.name === left.name ? -1 : 1)),
    ]);
    expect(held(simulation)).toEqual([
      expect.stringMatching(/^1 white_space\/x_y~[0-9a-f]{12}\.txt the-first-one$/),
      '1000 d/1.flac bee box the-first-one',
      '2000 d/2.flac bee box the-first-one',
      '3000 d/3.flac box the-first-one',
      '4000 d/4.flac box the-first-one',
      expect.stringMatching(/^7 no-file\/[0-9a-f]{12}\.bin the-first-one$/),
    ]);
  });

  test('lets each repository know what the branch says of all', async () => {
    const { simulation } = run(await imported(annex.own));
    const { world } = simulation;

    for (const file of world.files()) {
      for (const repository of ['the-first-one', 'bee', 'box']) {
        const isThere = world.holds(file, { view: repository });
        expect(world.holds(file, { view: 'the-first-one', repository })).toBe(isThere);
        expect(world.holds(file, { view: 'bee', repository })).toBe(isThere);
      }
    }
  });

  test('is the same text each time, and leaves the annex as it was', async () => {
    const before = git(annex.own, 'rev-parse', 'git-annex');
    const text = await imported(annex.own);

    expect(await imported(annex.own)).toBe(text);
    expect(git(annex.own, 'rev-parse', 'git-annex')).toBe(before);
    expect(git(annex.own, 'status', '--short')).toBe('');
  });

  test('runs in git-annex, with the log that ballast has', async () => {
    const text = `${await imported(annex.own, { madeUpKeys: true })}step 1\n`;
    const directory = annexRepository();
    const file = join(directory, 'imported.sim');
    writeFileSync(file, text);
    git(directory, 'annex', 'sim', 'start', file);
    const log = git(directory, 'annex', 'sim', 'show');
    git(directory, 'annex', 'sim', 'end');

    expect(log).toBe(run(text, compatible).log);
    expect(log.match(/^add /gm)).toHaveLength(6);
  });

  test('of another repository of the same annex agrees, once that one has merged', async () => {
    const told = await imported(annex.bee);
    git(annex.bee, 'annex', 'sync', '--no-content');
    const text = await imported(annex.bee);
    const names = new Map([
      ['the-second-one', 'bee'],
      ['origin', 'the-first-one'],
    ]);
    const renamed = text.replaceAll(/the-second-one|origin/g, (name) => names.get(name) ?? name);

    expect(held(run(renamed).simulation)).toEqual(held(run(await imported(annex.own)).simulation));
    expect(told).not.toBe(text);
  });

  test('can be a sample, with maxsizes that shrink with it', async () => {
    const text = await imported(annex.own, { sample: 3 });
    const { simulation } = run(text);
    const [, bytes = '', of = ''] = /contents, (\S+)kB of (\S+)kB;/.exec(text) ?? [];
    const maxsize = simulation.world.repositories.find(({ name }) => name === 'bee')?.maxsizeBytes;

    expect(simulation.world.fileCount).toBe(3);
    expect(text).toContain('# A sample: 3 of 6 contents');
    expect(Number(maxsize)).toBeCloseTo((100_000 * Number(bytes)) / Number(of), -1);
  });
});

test.skipIf(!hasGitAnnex)('a cluster becomes nodes that its clients are connected to', async () => {
  const directory = temporaryDirectory();
  const gateway = join(directory, 'gateway');
  git('.', 'init', '-q', gateway);
  git(gateway, 'annex', 'init', 'gateway');
  git(gateway, 'commit', '-q', '--allow-empty', '-m', 'first');
  git(gateway, 'annex', 'initcluster', 'pool');
  for (const name of ['node1', 'node2']) {
    git('.', 'clone', '-q', gateway, join(directory, name));
    git(join(directory, name), 'annex', 'init', name);
    git(gateway, 'remote', 'add', name, join(directory, name));
    git(gateway, 'fetch', '-q', name);
    git(gateway, 'config', `remote.${name}.annex-cluster-node`, 'pool');
  }
  git(gateway, 'annex', 'updatecluster');
  const laptop = join(directory, 'laptop');
  git('.', 'clone', '-q', gateway, laptop);
  git(laptop, 'annex', 'init', 'laptop');

  const text = await imported(laptop);
  const { simulation, end } = run(text);
  const byName = new Map(simulation.world.repositories.map((each) => [each.name, each]));

  expect(end).toEqual({ kind: 'done' });
  expect(byName.get('node1')?.nodeNames).toEqual(['pool-node1']);
  expect(text).toContain('\nvia pool-node1 origin\n');
  expect(byName.get('laptop')?.remotes.toSorted()).toEqual(['origin', 'pool-node1', 'pool-node2']);
  expect(byName.get('origin')?.remotes).toEqual(expect.arrayContaining(['node1', 'node2']));
});
