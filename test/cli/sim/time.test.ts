import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { start } from '../program.ts';
import { SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const slow = [
  'seed 1',
  'init a',
  'init b',
  'wanted a anything',
  'wanted b anything',
  'connect a <-> b',
  'speed a <-> b 1MB/s',
];
const ok = { status: 0, stdout: '', stderr: '' };

describe('a simulation in which time passes', () => {
  it('tells when things happen with --json', async () => {
    const arrivals = 'arrivals .x 1MB 1MB steady 10s a';
    place.file('x.sim', ...slow, 'syncevery 1s', arrivals, 'wait 15s', 'down b');

    const { stdout } = await place.sim('run', 'x.sim', '--json');

    const told: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const send = { repository: 'a', remote: 'b', changed: 'b', file: '1.x', bytes: '1000000' };
    expect(told).toEqual([
      { kind: 'arrives', repositories: ['a'], file: '1.x', bytes: '1000000', ms: 10_000 },
      expect.objectContaining({ kind: 'begins', bytesLeft: 1_000_000 }),
      { kind: 'send', ...send, ms: expect.any(Number) },
    ]);
  });

  it('is kept between commands, with what is on its way', async () => {
    place.file('x.sim', ...slow, 'add f 10MB a', 'wait 4s');

    expect((await place.sim('start', '--quiet', 'x.sim')).status).toBe(0);
    expect(await place.sim('notpresent', 'b', 'f')).toEqual(ok);
    expect(await place.sim('wait', '7s')).toMatchObject({ status: 0 });
    expect(await place.sim('present', 'b', 'f')).toEqual(ok);
    expect((await place.sim('show')).stdout).toContain('wait 7s\npresent b f\n');
    expect(await place.sim('wait', 'long')).toMatchObject({ status: 2 });
  });

  it('ends a wait where it is with Ctrl-C, and its log goes on from there', async () => {
    // Files go to and fro for ever.
    place.file('x.sim', ...slow, 'syncevery 1ms', 'outages b 1s 1s', 'wait 1000y');
    const running = start(['sim', 'run', 'x.sim', '--json', '--log', 'x.log'], place);
    await running.printed(/"kind":"returns"/);
    running.child.kill('SIGINT');

    expect(await running.ended).toMatchObject({ status: 130 });
    const log = readFileSync(join(place.directory, 'x.log'), 'utf8');
    expect(log).toMatch(/^wait \d+[a-z0-9]*$/m);
    expect(log).not.toContain('1000y');
    expect((await place.sim('replay', 'x.log')).status).toBe(0);
    expect((await place.sim('start', '--quiet', 'x.log')).status).toBe(0);
    expect(await place.sim('wait', '1m')).toMatchObject({ status: 0 });
  });

  it('knows none of it with --compat git-annex', async () => {
    place.file('x.sim', 'wait 1h');

    expect(await place.sim('run', '--compat', 'git-annex', 'x.sim')).toMatchObject({
      status: 1,
      stderr: 'git-annex: Unable to parse sim command: "wait 1h"\n',
    });
  });
});
