import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

describe.skipIf(process.platform !== 'linux')('a file that is read', () => {
  it('may be a pipe', async () => {
    place.file('x.sim', 'seed 1', 'init a');
    execFileSync('mkfifo', [join(place.directory, 'pipe')]);
    const writer = `cat x.sim > pipe`;

    const [ended] = await Promise.all([
      place.sim('run', 'pipe', '--log', 'x.log'),
      Promise.resolve().then(() => execFileSync('sh', ['-c', writer], { cwd: place.directory })),
    ]);

    expect(ended).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(['run', 'start', 'replay'])('by %s may have no end, but ends', async (form) => {
    expect(await place.sim(form, '/dev/zero')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'ballast: /dev/zero has a line of more than 16 MiB, the most that is read of one (line 1); is it the file that was meant?\n',
    });
  });

  it.each([
    ['256 MiB', `${'x'.repeat(1023)}\n`.repeat(256 * 1024), 'y'],
    ['10 million lines', '\n'.repeat(10_000_000), '\n'],
    ['16 MiB', `seed 1\n${'x'.repeat(16 * 1024 * 1024)}`, 'x'],
  ])('has no more than %s', async (bound, most, more) => {
    const file = join(place.directory, 'x.sim');
    writeFileSync(file, most + more);

    const { status, stderr } = await place.sim('run', 'x.sim');

    expect(status).toBe(2);
    expect(stderr).toMatch(/^ballast: x\.sim has .*\n$/);
    expect(stderr).toContain(`more than ${bound}, the most that is read`);
  });
});

describe('a byte order mark', () => {
  const text = '\u{FEFF}seed 1\ninit a\n';

  it.each(['run', 'start', 'replay'])('is named by %s', async (form) => {
    writeFileSync(join(place.directory, 'x.sim'), text);

    const { status, stderr } = await place.sim(form, 'x.sim');

    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^x\.sim:1:1: the file begins with a byte order mark \(the bytes EF BB BF\)/,
    );
  });

  it('is a part of the first word for git-annex', async () => {
    writeFileSync(join(place.directory, 'x.sim'), text);

    expect((await place.sim('run', '--compat', 'git-annex', 'x.sim')).stderr).toBe(
      'git-annex: Unable to parse sim command: "\u{FEFF}seed 1"\n',
    );
  });
});
