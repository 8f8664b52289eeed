import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { start } from '../program.ts';
import { endless, settledLog, settling, SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const ok = { status: 0, stdout: '', stderr: '' };

describe('a simulation that is kept', () => {
  it('is the same by single commands as by a file', async () => {
    expect(await place.sim('start', '--seed', '1')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^Sim started; it is kept in .*\/ballast-sim\.json\.\n$/,
      ) as unknown,
    });
    for (const line of settling.slice(1, -1)) {
      expect(await place.sim(...line.split(' '))).toEqual(ok);
    }
    expect(await place.sim('stepstable', '10')).toMatchObject({
      stdout: 'Simulation has stabilized after 2 steps.\n',
    });
    expect(await place.sim('show')).toEqual({ ...ok, stdout: settledLog });
    expect(await place.sim('end')).toMatchObject({ status: 0 });
    expect(readdirSync(place.directory)).toEqual([]);
  });

  it('goes on from a file', async () => {
    place.file('x.sim', ...settling);

    expect(await place.sim('start', 'x.sim')).toMatchObject({ status: 0 });
    expect(await place.sim('add', 'g', '2kB', 'b')).toEqual(ok);
    expect((await place.sim('show')).stdout).toBe(`${settledLog}add g 2.0kB b\n`);
  });

  it('is kept in the git repository around, or where one says', async () => {
    git(place.directory, 'init', '--quiet');

    await place.sim('start', '--quiet');
    await place.sim('start', '--quiet', '--state', 'other.json', '--seed', '5');

    expect(readdirSync(place.directory).sort()).toEqual(['.git', 'other.json']);
    expect(existsSync(join(place.directory, '.git/annex/ballast-sim.json'))).toBe(true);
    expect(await place.sim('--state', 'other.json', 'init', 'a')).toEqual(ok);
    expect((await place.sim('show', '--state', 'other.json')).stdout).toBe('seed 5\ninit a\n');
    expect((await place.sim('show')).stdout).toMatch(/^seed -?\d+\n$/);
  });

  it('takes words that begin with a dash', async () => {
    await place.sim('start', '--seed', '1');

    expect(await place.sim('init', 'a')).toEqual(ok);
    expect(await place.sim('connect', 'a', '->', 'b')).toEqual(ok);
    expect(await place.sim('--', 'step', '-3')).toMatchObject({ status: 0 });
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\nconnect a -> b\nstep -3\n');
  });

  it('is left as it was by a command that fails', async () => {
    await place.sim('start', '--seed', '1');
    await place.sim('init', 'a');

    expect(await place.sim('add', 'f', '1mb', 'a', 'q')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'column 13: no repository is called "q" (BS201)\n  add f 1mb a q\n              ^\n  expected: one of a\n',
    });
    expect(await place.sim('connect', 'a')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^column 9: /) as unknown,
    });
    expect(await place.sim('visit', 'a', 'exit 9')).toMatchObject({ status: 9 });
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\n');
  });

  it('is kept until the command of a file that fails', async () => {
    place.file('x.sim', 'seed 1', 'init a', 'add f 1mb a q', 'init b');

    const { status, stderr } = await place.sim('start', 'x.sim');

    expect(status).toBe(2);
    expect(stderr).toMatch(/^x\.sim:3:13: /);
    expect(stderr).toContain('what was done before line 3 is kept;');
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\n');
    expect(await place.sim('notpresent', 'a', 'f')).toMatchObject({
      stdout: 'Expected f to not be present in a, but the simulation does not include that file.\n',
    });
  });

  it('fails with the first expectation, and no more with the next', async () => {
    place.file('x.sim', ...settling);
    await place.sim('start', 'x.sim');

    expect(await place.sim('present', 'b', 'f')).toEqual({
      status: 1,
      stdout: 'Expected f to be present in b, but it is not.\n',
      stderr: 'ballast: the simulation had errors; "ballast sim show" shows what was done.\n',
    });
    expect(await place.sim('present', 'b', 'f')).toMatchObject({ status: 0 });
  });

  it('is not begun by a file that does not parse or is not there', async () => {
    place.file('x.sim', 'init a', 'frob');

    expect(await place.sim('start', 'x.sim')).toMatchObject({ status: 2 });
    expect(await place.sim('start', 'y.sim')).toMatchObject({ status: 2 });
    expect(readdirSync(place.directory)).toEqual(['x.sim']);
  });

  it.each([['init', 'a'], ['show']])('is asked for when there is none: %s', async (...words) => {
    expect(await place.sim(...words)).toEqual({
      ...ok,
      status: 2,
      stderr: 'ballast: no simulation was started here; "ballast sim start" starts one.\n',
    });
  });

  it('is one at a time', async () => {
    await place.sim('start');

    expect(await place.sim('start')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ballast: a simulation is kept in .* already;/) as unknown,
    });
  });

  it('that cannot be read is told of, left alone, and can be ended', async () => {
    const file = join(place.directory, 'ballast-sim.json');
    writeFileSync(file, '{"format":"other"}');

    expect(await place.sim('show')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^ballast: .*ballast-sim\.json holds no simulation: /,
      ) as unknown,
    });
    expect(readFileSync(file, 'utf8')).toBe('{"format":"other"}');
    expect(await place.sim('end')).toMatchObject({ status: 0 });
    expect(existsSync(file)).toBe(false);
  });

  it('shows its help for no words', async () => {
    const { status, stderr } = await place.sim();

    expect(status).toBe(2);
    expect(stderr).toContain('Usage: ballast sim');
  });

  it('keeps what a step had done when Ctrl-C came', async () => {
    place.file('x.sim', ...endless.slice(0, -1));
    await place.sim('start', 'x.sim');
    const running = start(['sim', '--json', 'step', '1000000000'], place);
    await running.printed(/"kind":"drop"/);
    running.child.kill('SIGINT');

    expect(await running.ended).toMatchObject({ status: 130 });
    expect(await place.sim('step', '3')).toMatchObject({ status: 0 });
    writeFileSync(join(place.directory, 'x.log'), (await place.sim('show')).stdout);
    expect(await place.sim('replay', 'x.log', '--quiet')).toEqual(ok);
  });
});
