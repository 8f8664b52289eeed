import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { someOf } from '../../support/long.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { start, type Running } from '../program.ts';
import { endless, SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const ok = { status: 0, stdout: '', stderr: '' };

/** What a shell does until it is let go, which must be before the test ends. */
const waiting = (): string =>
  `echo inside; while ! test -e '${place.directory}/go'; do sleep 0.05; done`;

function letGo(): void {
  place.file('go');
}

/** A command that holds the simulation, once it does. */
async function holding(...words: readonly string[]): Promise<Running> {
  const running = start(['sim', ...words], place);
  await running.printed(/inside/);
  return running;
}

const simulationFiles = (): readonly string[] =>
  readdirSync(place.directory).filter((name) => name.startsWith('ballast-sim'));

describe('commands at the same time', () => {
  it('are all done, one after the other', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');
    const names = ['1', '2', '3', '4', '5', '6'];

    const ended = await Promise.all(names.map((name) => place.sim('add', name, '1kB', 'a')));

    expect(ended).toEqual(names.map(() => ok));
    const { stdout } = await place.sim('show');
    expect(stdout.trimEnd().split('\n').slice(2).sort()).toEqual(
      names.map((name) => `add ${name} 1.0kB a`),
    );
    expect(simulationFiles()).toEqual(['ballast-sim.json']);
  });

  it('start one simulation', async () => {
    const ended = await Promise.all(
      ['1', '2', '3'].map((seed) => place.sim('start', '--seed', seed)),
    );

    expect(ended.filter(({ status }) => status === 0)).toHaveLength(1);
  });

  it('hear who holds it, by any name of the file, and may look at it', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');
    symlinkSync('ballast-sim.json', join(place.directory, 'link.json'));
    const visit = await holding('visit', 'a', waiting());

    expect(await place.sim('show')).toEqual({ ...ok, stdout: 'seed 1\ninit a\n' });
    const refused = await place.sim('--state', 'link.json', 'init', 'b');
    letGo();

    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      new RegExp(
        `^ballast: \\S+ballast-sim\\.json is in use by "ballast sim visit a echo inside; .*" ` +
          `\\(process ${visit.child.pid}\\): wait until that has ended, or end it by "kill \\d+"\\.\\n$`,
      ),
    );
    expect(await visit.ended).toMatchObject({ status: 0 });
    expect((await place.sim('show')).stdout).toMatch(/\nvisit a echo inside; [^\n]*\n$/);
  });

  it('are let go by a visit that is ended, in any way', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');

    const ended = await holding('visit', 'a', waiting());
    ended.child.kill('SIGTERM');
    expect(await ended.ended).toMatchObject({ status: 143 });
    expect(await place.sim('init', 'b')).toEqual(ok);

    const killed = await holding('visit', 'a', `${waiting()} >&2`);
    killed.child.kill('SIGKILL');
    await new Promise((resolve) => killed.child.once('exit', resolve));
    expect(await place.sim('init', 'c')).toEqual(ok);
    letGo();
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\ninit b\ninit c\n');
  });

  const shell = (): string => {
    const path = join(place.directory, 'shell');
    writeFileSync(path, `#!/bin/sh\n${waiting()}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('go on while someone looks around in a visit', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');
    const visit = start(['sim', 'visit', 'a'], {
      directory: place.directory,
      env: { SHELL: shell() },
    });
    await visit.printed(/inside/);

    expect(await place.sim('init', 'b')).toEqual(ok);
    letGo();

    expect(await visit.ended).toMatchObject({ status: 0, stderr: '' });
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\ninit b\n');
  });

  it('wait for that as well where a look leaves a trace', async () => {
    await place.sim('start', '--seed', '1', '--oddity', 'trustlag');
    await place.sim('init', 'a');
    const visit = start(['sim', 'visit', 'a'], {
      directory: place.directory,
      env: { SHELL: shell() },
    });
    await visit.printed(/inside/);

    const refused = await place.sim('init', 'b');
    letGo();
    await visit.ended;

    expect(refused).toMatchObject({ status: 2 });
  });
});

describe('the file of a simulation', () => {
  it('is not there after a start that was killed, which leaves nothing to be ended', async () => {
    place.file('x.sim', ...endless);
    const killed = start(['sim', 'start', 'x.sim', '--json'], place);
    await killed.printed(/"kind":"drop"/);
    killed.child.kill('SIGKILL');
    await killed.ended;

    expect(await place.sim('start', '--quiet')).toEqual(ok);
  });

  it('keeps who may read it', async () => {
    await place.sim('start', '--quiet');
    const file = join(place.directory, 'ballast-sim.json');
    chmodSync(file, 0o600);

    await place.sim('init', 'a');

    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('can be that of a start of git-annex that failed, to be ended', async () => {
    place.file('x.sim', 'init a', 'connect q -> a');
    await place.sim('start', 'x.sim', '--compat', 'git-annex', '--state', 'x.json');

    expect(await place.sim('--state', 'x.json', 'init', 'a')).toEqual({
      ...ok,
      status: 2,
      stderr:
        'ballast: the simulation of x.json failed as it started; "ballast sim end --state x.json" removes it.\n',
    });
  });

  it('is none, and stays as it is, where one names a file of something else', async () => {
    place.file('thesis.txt', 'All of it.');
    const path = join(place.directory, 'thesis.txt');

    const shown = await place.sim('show', '--state', 'thesis.txt');
    const ended = await place.sim('end', '--state', 'thesis.txt');

    expect(shown.stderr).toMatch(/^ballast: thesis\.txt holds no simulation: .* Name another/s);
    expect(ended).toEqual({
      ...ok,
      status: 2,
      stderr:
        'ballast: thesis.txt holds no simulation, and stays as it is; name the file of one.\n',
    });
    expect(readFileSync(path, 'utf8')).toBe('All of it.\n');
  });

  it('can be ended where one names a part of one', async () => {
    await place.sim('start', '--state', 'x.json');
    const path = join(place.directory, 'x.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 200));

    expect((await place.sim('show', '--state', 'x.json')).stderr).toContain('removes it');
    expect(await place.sim('end', '--state', 'x.json')).toMatchObject({ status: 0 });
    expect(existsSync(path)).toBe(false);
  });

  it('is told to have been none when there is none to end', async () => {
    expect(await place.sim('end', '--state', 'x.json')).toEqual({
      ...ok,
      stdout: 'No sim was started that is kept in x.json.\n',
    });
  });

  it.each([
    ['.', 'start', /^ballast: \. is no file that a simulation can be kept in; name another\.\n$/],
    ['', 'start', /^ballast: the name of the state file is empty; name one\.\n$/],
    ['/dev/null', 'show', /^ballast: \/dev\/null is no file that a simulation can be kept in/],
    ['file/x', 'start', /cannot be written: what should be its directory is a file;/],
    ['file/x', 'show', /"ballast sim start --state file\/x" starts one\.\n$/],
    ['x'.repeat(300), 'start', /has too long a name; name another file\.\n$/],
    ['round', 'start', /leads round in a circle of links; name another file\.\n$/],
  ])('is refused with a sentence: %s', async (state, form, told) => {
    place.file('file');
    symlinkSync('round', join(place.directory, 'round'));

    const { status, stderr } = await place.sim(form, '--state', state);

    expect(status).toBe(2);
    expect(stderr).toMatch(told);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each(
    someOf(
      [
        [['init', 'a b']],
        [['init', '']],
        [['init', 'b\n']],
        [['init', 'b ']],
        [['groupwanted', ' g', 'anything']],
        [['add', 'f\nseed 2', '1kB', 'a']],
        [['visit', 'a', 'true\ntrue']],
      ],
      1,
    ),
  )('takes no words that its log could not tell again: %j', async ([...words]) => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');

    const { status, stderr } = await place.sim(...words);

    expect(status).toBe(2);
    expect(stderr).toMatch(/^ballast: the log could not tell ".*" again, .*\n$/);
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\n');
  });
});

const isRoot = process.getuid?.() === 0;
const disk = temporaryDirectory();
const mounting = ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk];
const hasSmallDisk = isRoot && spawnSync('mount', mounting).status === 0;

describe.skipIf(!hasSmallDisk)('on a full disk', () => {
  const state = join(disk, 's.json');
  const full = { status: 1, stdout: '', stderr: /cannot be written: the disk is full;/ };

  afterAll(() => {
    execFileSync('umount', ['-l', disk]);
  });

  it('what was kept stays, and nothing new is begun', async () => {
    await place.sim('start', '--state', state, '--seed', '1');
    await place.sim('--state', state, 'init', 'a');
    const kept = readFileSync(state, 'utf8');
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=1k', 'count=64']);

    const { stderr, ...ended } = await place.sim('--state', state, 'init', 'b');
    expect({ ...ended, stderr }).toMatchObject({ status: 2, stdout: '' });
    expect(stderr).toMatch(full.stderr);
    expect(readFileSync(state, 'utf8')).toBe(kept);
    expect(readdirSync(disk).sort()).toEqual(['fill', 's.json']);

    const other = join(disk, 'other.json');
    expect((await place.sim('start', '--state', other)).stderr).toMatch(full.stderr);
    expect(existsSync(other)).toBe(false);
  });

  it('a report that has no room costs neither the log nor the sums, nor what is kept', async () => {
    place.file('x.sim', 'seed 1', 'init a', 'add f 1MB a', 'step 1');
    const report = join(disk, 'r.html');
    const words = ['--quiet', '--summary', '--report', report, 'x.sim'];
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=1k', 'count=64']);

    const ran = await place.sim('run', '--log', 'x.log', ...words);
    const started = await place.sim('start', ...words);

    for (const { status, stdout, stderr } of [ran, started]) {
      expect({ status, stderr }).toMatchObject({ status: 2 });
      expect(stderr).toMatch(full.stderr);
      expect(stdout).toMatch(/^settled: /);
    }
    expect(readFileSync(join(place.directory, 'x.log'), 'utf8')).toMatch(/^seed 1\ninit a\n/);
    expect((await place.sim('show')).stdout).toMatch(/^seed 1\ninit a\n/);
    expect(existsSync(report)).toBe(false);
  });

  it('there is no room for a visit', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');
    mkdirSync(join(disk, 'sub'));
    const visit = start(['sim', 'visit', 'a', 'true'], {
      directory: place.directory,
      env: { TMPDIR: disk },
    });

    const { status, stderr } = await visit.ended;

    expect(status).toBe(2);
    expect(stderr).toMatch(/^ballast: .*set the variable TMPDIR to (?:another )?directory.*\.\n$/);
    expect(readdirSync(disk).sort()).toEqual(['fill', 's.json', 'sub']);
  });
});
