import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { start } from '../program.ts';
import { SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

describe('ballast sim explore', () => {
  it('tells every end that a race has, and the fewest copies on the way', async () => {
    // Each keeps the file only as long as the other has none: whoever drops first loses it.
    place.file(
      'x.sim',
      'seed 1',
      'init a',
      'init b',
      'connect a <-> b',
      'group a ga',
      'group b gb',
      'wanted a not inallgroup=gb',
      'wanted b not inallgroup=ga',
      'add f 1kB a b',
      'action a gitpull b',
      'action b gitpull a',
    );

    const { status, stdout } = await place.sim('explore', 'x.sim', '--json');

    const told: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(status).toBe(0);
    const ends = ['a', 'b'].map((name) =>
      expect.objectContaining({ kind: 'end', holders: { f: [name] } }),
    );
    expect(told.slice(0, -1)).toHaveLength(2);
    expect(told).toEqual(expect.arrayContaining(ends));
    expect(told.at(-1)).toMatchObject({
      kind: 'explored',
      isComplete: true,
      ends: 2,
      fewestCopies: 1,
    });
    const people = await place.sim('explore', 'x.sim');
    expect(people.stdout).toMatch(
      /^\d+ states, all that there are; 2 ends\nnever fewer than 1 copy/,
    );
    expect(people.stdout).toMatch(/\n {4}[ab] drop [ab] f\n/);
  });

  it('passes over what is not reached', async () => {
    place.file('x.sim', 'init a', 'init b', 'connect a <-> b', 'wanted b anything', 'add f 1B a');
    const before = await place.sim('explore', 'x.sim');
    place.file(
      'y.sim',
      'init a',
      'init b',
      'connect a <-> b',
      'wanted b anything',
      'add f 1B a',
      'down b',
    );

    expect(before.stdout).toContain('f: b\n');
    expect((await place.sim('explore', 'y.sim')).stdout).toContain(
      '1 state, all that there are; 1 end',
    );
  });

  it('tells what it has found when Ctrl-C comes, and that this is not all', async () => {
    place.file(
      'x.sim',
      'init a',
      'init b',
      'connect a <-> b',
      'wanted b anything',
      'addmulti 14 .x 1B 1B a',
      'stepstable 0',
    );
    const running = start(['sim', 'explore', 'x.sim', '--states', '100000000'], place);
    await running.printed(/failed to stabilize/);
    // From then on it explores, for longer than anyone waits.
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.child.kill('SIGINT');
    const { status, stdout } = await running.ended;

    expect(status).toBe(130);
    expect(stdout).toMatch(/\n[\d,]+ states, not all that there are; /);
  });

  it('stops at a limit, and says so', async () => {
    place.file(
      'x.sim',
      'init a',
      'init b',
      'connect a <-> b',
      'wanted b anything',
      'addmulti 9 .x 1B 1B a',
    );

    const { status, stdout } = await place.sim('explore', 'x.sim', '--states', '10');

    expect(status).toBe(3);
    expect(stdout).toContain('10 states, not all that there are');
    expect(await place.sim('explore', 'x.sim', '--states', '0')).toMatchObject({ status: 2 });
    expect(await place.sim('explore')).toMatchObject({ status: 2, stdout: '' });
  });
});
