/** Annexes that are none, are bare or broken, made without git-annex. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AnnexBranch } from '../../../src/repository/index.ts';
import { imaginaryUuid, withBranch } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { run, start, type Ended } from '../program.ts';

const here = imaginaryUuid(1);
const there = imaginaryUuid(2);
const dead = imaginaryUuid(3);

/** A git repository, with the UUID of an annex unless it is to be none. */
function repository(...words: readonly string[]): string {
  const directory = join(temporaryDirectory(), 'repository');
  git('.', 'init', '-q', ...words, directory);
  git(directory, 'config', 'annex.uuid', here);
  return directory;
}

async function branchOf(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await withBranch(directory, (branch: AnnexBranch) =>
    branch.create(Object.entries(files).map(([path, text]) => ({ path, text }))),
  );
}

function imported(directory: string, ...words: readonly string[]): Promise<Ended> {
  return run(['sim', 'import', '--seed', '1', ...words, directory], { directory: '.' });
}

/** A location log, by its path. */
const logs = {
  one: 'aaa/bbb/SHA256E-s1--one.txt.log',
  two: 'aaa/bbb/SHA256E-s2--two.txt.log',
  three: 'ccc/ddd/SHA256E-s3--three.txt.log',
};

const present = (...uuids: readonly string[]): string =>
  uuids.map((uuid) => `1700000000s 1 ${uuid}\n`).join('');

function addLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^(?:add|metadata)/.test(line));
}

describe('says in one sentence that there is nothing to import', () => {
  const plain = temporaryDirectory();
  writeFileSync(join(plain, 'file'), '');
  const git0 = join(plain, 'git');
  git('.', 'init', '-q', git0);

  test.each([
    ['no directory', join(plain, 'none'), /^ballast: \S+ does not exist; name a directory/],
    ['a file', join(plain, 'file'), /^ballast: \S+ is no directory; name a directory/],
    ['no git repository', plain, /^ballast: \S+ is not a git repository; name a directory/],
    ['no annex', git0, /^ballast: \S+ is no git-annex repository; run "git annex init" in it\.$/m],
    ['no branch', repository(), /^ballast: \S+ has no git-annex branch; run "git annex init"/],
  ])('%s', async (_what, directory, sentence) => {
    const { status, stdout, stderr } = await imported(directory);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });
});

describe('imports', () => {
  test('an annex that has no commit, and what only its journal says', async () => {
    const directory = repository();
    await branchOf(directory, { 'uuid.log': `${here} a timestamp=1s\n` });
    await withBranch(directory, async (branch) => {
      await branch.change([{ path: logs.one, edit: () => present(here) }]);
      await branch.change([
        { path: `${logs.one}.met`, edit: () => '1700000000s tag +x +y\n' },
        { path: logs.two, edit: () => present(here) },
      ]);
      const { stdout, stderr } = await imported(directory);
      expect({ stderr, lines: addLines(stdout).length }).toEqual({ stderr: '', lines: 4 });
      expect(stdout).toMatch(/^metadata no-file\/\w+\.txt tag\+=y$/m);
    });
  });

  test('a bare one, by the branch that HEAD names', async () => {
    const directory = repository('--bare');
    await branchOf(directory, { 'uuid.log': '', [logs.one]: present(here) });
    const work = repository();
    writeFileSync(join(work, 'name.txt'), '/annex/objects/SHA256E-s1--one.txt\n');
    git(work, 'add', '.');
    git(work, 'commit', '-qm', 'one');
    git(work, 'push', '-q', directory, 'HEAD');
    git(directory, 'symbolic-ref', 'HEAD', git(work, 'symbolic-ref', 'HEAD').trim());
    const { stdout, stderr } = await imported(directory);

    expect(stderr).toBe('');
    expect(addLines(stdout)).toEqual([
      `addkey name.txt SHA256E-s1--one.txt repository-${here.slice(0, 8)}`,
    ]);
  });

  test('an annex whose logs are broken, as far as they can be read', async () => {
    const directory = repository();
    await branchOf(directory, {
      'uuid.log': `\u0000\n${here}\n${there} b timestamp=1s\nnonsense`,
      'trust.log': 'X\n\n? ?',
      'numcopies.log': 'many',
      'cluster.log': '1s\n',
      'remote.log': '=\n',
      [logs.one]: `rubbish\n1700000000s 1\n${present(here)}1700000000s 2 ${there}\n`,
      [`${logs.one}.met`]: 'rubbish\n1700000000s tag +!%%% +good\n1700000000s\n',
      [`${logs.two}.met`]: '1700000000s tag +alone\n',
      [logs.three]: present(there),
      'aaa/bbb/no-key.log': present(here),
    });
    const blob = git(directory, 'rev-parse', `git-annex:${logs.three}`).trim();
    rmSync(join(directory, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const { status, stdout, stderr } = await imported(directory);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(addLines(stdout)).toEqual([
      expect.stringMatching(/^addkey no-file\/\w+\.txt SHA256E-s1--one\.txt repository-\w+$/),
      expect.stringMatching(/^metadata no-file\/\w+\.txt tag=good$/),
    ]);
    expect(stdout).toContain('# location and metadata logs that cannot be read, left out: 1');
  });

  test('a cluster of nodes and gateways that nothing else names, so that it runs', async () => {
    const [cluster, node, gateway, second, unknown] = [
      'ac000000-0000-8000-8000-000000000000',
      imaginaryUuid(4),
      imaginaryUuid(5),
      imaginaryUuid(6),
      imaginaryUuid(7),
    ];
    const directory = repository();
    git(directory, 'config', 'remote.gate.annex-uuid', gateway);
    git(directory, 'config', 'remote.other.annex-uuid', second);
    await branchOf(directory, {
      'cluster.log': `1s ${cluster} ${node} ${there}\n`,
      'proxy.log': [gateway, second, unknown]
        .map((uuid) => `1s ${uuid} ${cluster}:pool ${node}:n\n`)
        .join(''),
      [logs.one]: present(here, node),
    });
    const { stdout } = await imported(directory);
    const file = join(directory, 'imported.sim');
    writeFileSync(file, stdout);
    const name = `repository-${node.slice(0, 8)}`;

    expect(stdout).toContain(`\nclusternode pool-${name} ${name}\nvia pool-${name} gate\n`);
    expect(stdout).toMatch(new RegExp(`^cluster pool gate ${name} repository-\\w+$`, 'm'));
    expect(stdout).toContain(`\nconnect gate -> ${name}\n`);
    expect(stdout).toContain(`\nconnect repository-${here.slice(0, 8)} -> pool-${name}\n`);
    expect(stdout).toContain(`\nvia other-pool-${name} other\n`);
    expect(stdout).toMatch(new RegExp(`^cluster other-pool other ${name} repository-\\w+$`, 'm'));
    expect(stdout.match(/^cluster /gm)).toHaveLength(2);
    expect(await run(['sim', 'run', file], { directory })).toMatchObject({ status: 0, stderr: '' });
  });

  test('files of all kinds, and contents that are dead', async () => {
    const directory = repository();
    await branchOf(directory, {
      'uuid.log': `${here} a timestamp=1s\n${dead} gone timestamp=1s\n`,
      'trust.log': `${dead} X timestamp=1s\n`,
      [logs.one]: present(here, dead),
      [logs.two]: `${present(here)}1700000001s X ${here}\n`,
      [logs.three]: present(here),
    });
    writeFileSync(join(directory, 'unlocked'), '/annex/objects/SHA256E-s1--one.txt\nmore');
    writeFileSync(join(directory, 'zsame'), '/annex/objects/SHA256E-s1--one.txt\n');
    writeFileSync(join(directory, '->'), '/annex/objects/SHA256E-s3--three.txt\n');
    writeFileSync(join(directory, 'ordinary'), 'x');
    writeFileSync(join(directory, '.gitattributes'), 'un* annex.numcopies=2\nz* annex.mincopies=1');
    git(directory, 'add', '.');
    git(directory, 'commit', '-qm', 'all');
    const { stdout } = await imported(directory);

    expect(addLines(stdout)).toEqual([
      'addkey unlocked SHA256E-s1--one.txt a gone',
      'addkey -> SHA256E-s3--three.txt a',
    ]);
    expect(stdout).toContain('\ntrustlevel gone dead\n');
    expect(stdout).toContain('# further files of the same contents, left out: 1\n');
    expect(stdout).toContain('# contents that are nowhere, left out: 1\n');
    expect(stdout).toMatch(/^# files for which \.gitattributes says .*: 1$/m);
  });
});

describe('what is written', () => {
  const words = (out: string): string[] => ['--out', out, '--seed', '1'];

  test('takes the place of nothing but the file that was named', async () => {
    const directory = repository();
    await branchOf(directory, { [logs.one]: present(here) });
    const out = join(temporaryDirectory(), 'x.sim');
    writeFileSync(`${out}.partial`, 'precious');

    expect(await imported(directory, ...words(out))).toMatchObject({ status: 0, stderr: '' });

    expect(readFileSync(`${out}.partial`, 'utf8')).toBe('precious');
    expect(readFileSync(out, 'utf8')).toContain('\naddkey ');
  });

  test('is nothing when Ctrl-C comes meanwhile', async () => {
    const directory = repository();
    await branchOf(directory, { [logs.one]: present(here) });
    const place = temporaryDirectory();
    const path = `${temporaryDirectory()}:${process.env['PATH'] ?? ''}`;
    // It comes while locations are read, to git as well as on a terminal.
    const script = [
      '#!/bin/sh',
      'case " $* " in *" cat-file "*) kill -INT $PPID; exit 130 ;; esac',
      `PATH=\${PATH#*:} exec git "$@"`,
      '',
    ];
    writeFileSync(join(path.split(':')[0] ?? '', 'git'), script.join('\n'), { mode: 0o755 });
    const out = join(place, 'x.sim');
    const importing = start(['sim', 'import', ...words(out), directory], {
      directory: place,
      env: { PATH: path },
    });

    expect(await importing.ended).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ballast: stopped; nothing was made.\n',
    });
    expect(readdirSync(place)).toEqual([]);
  });
});
