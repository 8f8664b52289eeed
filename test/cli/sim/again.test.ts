import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { start } from '../program.ts';
import { endless, SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const ok = { status: 0, stdout: '', stderr: '' };
const read = (name: string): string => readFileSync(join(place.directory, name), 'utf8');

/** In each of its steps contents come and go. */
const moving = [...endless.slice(0, -1), 'step 400', 'numcopies 1', 'step 300'];

/** The log of {@link moving}, line by line. */
async function movingLog(): Promise<readonly string[]> {
  place.file('x.sim', ...moving);
  await place.sim('run', 'x.sim', '--log', 'x.log');
  return read('x.log').trimEnd().split('\n');
}

describe('a log that is run again', () => {
  it('is no news, whatever came and went within a step', async () => {
    await movingLog();

    expect(await place.sim('run', 'x.log', '--log', 'y.log')).toEqual(ok);
    expect(read('y.log')).toBe(read('x.log'));
    expect(await place.sim('start', '--quiet', 'x.log')).toEqual(ok);
    expect(await place.sim('step', '5')).toEqual(ok);
    writeFileSync(join(place.directory, 'z.log'), (await place.sim('show')).stdout);
    expect(await place.sim('run', 'z.log')).toEqual(ok);
  });

  it('is news with --compat git-annex, as it is there', async () => {
    place.file('x.sim', ...moving);
    await place.sim('run', '--compat', 'git-annex', 'x.sim', '--log', 'x.log');

    const { status, stdout } = await place.sim('run', '--compat', 'git-annex', 'x.log');

    expect(status).toBe(1);
    expect(stdout).toContain('\n  Expected ');
  });

  it('is checked where it is not all that was done', async () => {
    const log = await movingLog();
    const step = log.indexOf('step 400');
    const [first = ''] = log.slice(step + 1);
    const changed = first.startsWith('not') ? 'present a' : 'notpresent c';
    place.file('changed.log', ...log.slice(0, step + 1), `${changed} 1.x`, ...log.slice(step + 2));
    place.file('lacking.log', ...log.slice(0, step + 1), ...log.slice(step + 2));

    for (const name of ['changed.log', 'lacking.log']) {
      const { status, stdout } = await place.sim('run', name, '--log', 'y.log');
      expect(status).toBe(1);
      expect(stdout).toMatch(/^Expected /);
    }
  });

  it('takes a line alone for what shall be in the end, also one that was true once', async () => {
    const log = await movingLog();
    const changes = log.slice(log.indexOf('step 400') + 1);
    const [first = ''] = changes;
    // A step that ends when what it did first was undone.
    const undone = first.startsWith('not') ? first.slice('not'.length) : `not${first}`;
    const count = changes.indexOf(undone) + 1;
    expect(count).toBeGreaterThan(1);
    place.file('x.sim', ...endless.slice(0, -1), `step ${count}`, first);

    const { status, stdout } = await place.sim('run', 'x.sim', '--json');

    expect(status).toBe(1);
    expect(stdout).toContain('"kind":"message","message":"Expected ');
  });

  it('is only compared by replay', async () => {
    const log = await movingLog();
    const lines = log.length;

    expect(await place.sim('replay', 'x.log')).toEqual({
      ...ok,
      stdout: `x.log: all ${lines} lines are the same again.\n`,
    });
    place.file('y.log', ...log, 'present nobody f');
    expect(await place.sim('replay', 'y.log')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(
        /^ballast: y\.log:\d+: the log has `present nobody f` here, and this run nothing\./,
      ) as unknown,
    });
  });

  it('after Ctrl-C is gone on with, ended and replayed', async () => {
    place.file('x.sim', ...endless);
    const running = start(['sim', 'run', 'x.sim', '--json'], place);
    await running.printed(/^(?:.*\n){2000}/);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ status: 130 });
    const log = 'x.sim.stopped.log';

    expect(await place.sim('start', '--quiet', log)).toEqual(ok);
    expect(await place.sim('step', '3')).toEqual(ok);
    expect(await place.sim('end', '--quiet')).toEqual(ok);
    expect(await place.sim('run', log)).toEqual(ok);
    expect(await place.sim('replay', log)).toMatchObject({
      ...ok,
      stdout: expect.stringMatching(/ lines are the same again\.\n$/) as unknown,
    });
  });
});
