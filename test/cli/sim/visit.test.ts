import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { run, type Ended } from '../program.ts';
import { SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(async () => {
  place = new SimPlace(temporaryDirectory());
  await place.sim('start', '--seed', '1');
  await place.sim('init', 'a');
});

const visit = (env: Readonly<Record<string, string>>): Promise<Ended> =>
  run(['sim', 'visit', 'a'], { directory: place.directory, env });

describe('a visit', () => {
  it('says which shell cannot be run', async () => {
    expect(await visit({ SHELL: '/nonexistent' })).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'ballast: the shell /nonexistent cannot be run (ENOENT); set the variable SHELL to one that can.\n',
    });
    expect(await visit({ SHELL: '' })).toMatchObject({ status: 0 });
  });

  it('says that there is no git', async () => {
    expect(await visit({ PATH: place.directory })).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ballast: git was not found: install git .*\n$/) as unknown,
    });
  });

  it('says where it has no place', async () => {
    expect((await visit({ TMPDIR: '/nonexistent' })).stderr).toBe(
      'ballast: /nonexistent has no place for the repository to visit (ENOENT); set the variable TMPDIR to a directory that has.\n',
    );
  });

  it('needs git, but a simulation does not', async () => {
    const env = { PATH: place.directory };

    expect(await run(['sim', 'init', 'b'], { directory: place.directory, env })).toMatchObject({
      status: 0,
    });
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\ninit b\n');
  });
});

describe('--help after a command of the language', () => {
  it.each([
    ['visit', '--help'],
    ['visit', 'a', '--help'],
    ['step', '--help'],
    ['connect', 'a', '-h'],
  ])('is a call for help: %s %s', async (...words) => {
    const { status, stdout, stderr } = await place.sim(...words);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: ballast sim /);
    expect((await place.sim('show')).stdout).toBe('seed 1\ninit a\n');
  });

  it('is handed on to what a visit runs', async () => {
    expect(await place.sim('visit', 'a', 'echo', '--help')).toEqual({
      status: 0,
      stdout: '--help\n',
      stderr: '',
    });
  });
});
