import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { program, start } from '../program.ts';
import { endless, settledLog, settling, SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const read = (name: string): string => readFileSync(join(place.directory, name), 'utf8');

describe('ballast sim run', () => {
  it('says what the simulation says, and writes its log', async () => {
    place.file('x.sim', ...settling);

    expect(await place.sim('run', 'x.sim', '--log', 'x.log')).toEqual({
      status: 0,
      stdout: 'Simulation has stabilized after 2 steps.\n',
      stderr: '',
    });
    expect(read('x.log')).toBe(settledLog);
    expect(readdirSync(place.directory).sort()).toEqual(['x.log', 'x.sim']);
  });

  it('is silent with --quiet', async () => {
    place.file('x.sim', ...settling);
    const quiet = { status: 0, stdout: '', stderr: '' };

    expect(await place.sim('run', 'x.sim', '--quiet')).toEqual(quiet);
    expect(await place.sim('run', '-q', 'x.sim', '--compat', 'git-annex')).toEqual(quiet);
  });

  it('tells each transfer, drop and message with --json', async () => {
    place.file('x.sim', ...settling, 'present b f');

    const { status, stdout } = await place.sim('run', 'x.sim', '--json');

    expect(status).toBe(1);
    const told: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(told).toEqual([
      {
        kind: 'send',
        repository: 'b',
        remote: 'a',
        changed: 'a',
        file: 'f',
        bytes: '1000000',
        ms: 0,
      },
      {
        kind: 'drop',
        repository: 'a',
        remote: 'b',
        changed: 'b',
        file: 'f',
        bytes: '1000000',
        ms: 0,
      },
      { kind: 'message', message: 'Simulation has stabilized after 2 steps.' },
      { kind: 'message', message: 'Expected f to be present in b, but it is not.' },
      {
        kind: 'trouble',
        message: 'the simulation had errors.',
        gitAnnexError: 'Simulation shown above had errors.',
      },
    ]);
  });

  it('shows the log when an expectation failed, and fails', async () => {
    place.file('x.sim', ...settling, 'present b f');

    const ended = await place.sim('run', 'x.sim');

    expect(ended.status).toBe(1);
    expect(ended.stdout).toBe(
      `Simulation has stabilized after 2 steps.\nExpected f to be present in b, but it is not.\n${settledLog}`,
    );
    expect(ended.stderr).toBe('ballast: the simulation shown above had errors.\n');
  });

  it('begins where --seed says, and anywhere without', async () => {
    place.file('x.sim', 'init a');
    const seedOf = async (...words: readonly string[]): Promise<string> => {
      await place.sim('run', 'x.sim', '--log', 'x.log', ...words);
      return read('x.log').split('\n', 1)[0] ?? '';
    };

    expect(await seedOf('--seed', '-0x10')).toBe('seed -16');
    const drawn = await seedOf();
    expect(drawn).toMatch(/^seed -?\d+$/);
    expect(await seedOf()).not.toBe(drawn);
  });

  it('has an oddity that is asked for, and leaves one out of all', async () => {
    // A step more than asked for is git-annex's way.
    place.file('x.sim', ...settling.slice(0, -2), 'addmulti 3 .x 1mb 1mb b', 'step 1');
    const changes = async (...words: readonly string[]): Promise<number> => {
      await place.sim('run', 'x.sim', '--log', 'x.log', ...words);
      return read('x.log').match(/^(?:not)?present /gm)?.length ?? 0;
    };

    expect(await changes()).toBe(1);
    expect(await changes('--oddity', 'stepcount')).toBe(2);
    expect(await changes('--compat', 'git-annex')).toBe(2);
    expect(await changes('--compat', 'git-annex', '--oddity', 'no-stepcount')).toBe(1);
  });

  it.each(['fair', 'adversarial'])('chooses by the scheduler %s', async (scheduler) => {
    place.file('x.sim', ...settling);

    await place.sim('run', 'x.sim', '--scheduler', scheduler, '--log', 'x.log');
    expect(await place.sim('replay', 'x.log', '--scheduler', scheduler)).toMatchObject({
      status: 0,
    });
  });

  it('shows where a line is wrong, and runs nothing', async () => {
    place.file('x.sim', 'init a', '  frob \u001b[31m', 'init b');

    expect(await place.sim('run', 'x.sim')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^x\.sim:2:3: no command is called "frob" \(BS101\)\n {4}frob \ufffd\[31m\n {4}\^\n {2}expected: action, add,.*\n$/,
      ) as unknown,
    });
  });

  it('shows a place far into a long line with what is around it', async () => {
    const line = `add f 1mb ${'a '.repeat(1_000_000)}nobody`;
    place.file('x.sim', 'init a', line);

    const { stderr } = await place.sim('run', 'x.sim');

    expect(stderr).toContain('x.sim:2:2000011: no repository is called "nobody" (BS201)\n');
    const [, shown = '', caret = ''] = stderr.split('\n');
    expect(shown.slice(caret.indexOf('^'))).toBe('nobody');
  });

  it('keeps what was done before a command that fails', async () => {
    place.file('x.sim', 'seed 1', 'init a', 'connect a -> b', 'connect q -> b', 'init b');

    const { status, stderr } = await place.sim('run', 'x.sim', '--log', 'x.log');

    expect(status).toBe(2);
    expect(stderr).toMatch(/^x\.sim:4:9: no repository is called "q" \(BS201\)\n/);
    expect(stderr).toMatch(/\nballast: what was done before line 4 is in x\.log\.\n$/);
    expect(read('x.log')).toBe('seed 1\ninit a\nconnect a -> b\n');
  });

  it('ends as a visit ends', async () => {
    place.file('x.sim', 'init a', 'visit a exit 7', 'init b');

    expect(await place.sim('run', 'x.sim')).toEqual({
      status: 7,
      stdout: 'Command exit 7 exited nonzero.\n',
      stderr: '',
    });
  });

  it.each([
    [['run', 'none.sim'], /^ballast: none\.sim does not exist; name a file that does\.\n$/],
    [['run', '.'], /^ballast: \. is a directory; name a file\.\n$/],
    [['run'], /^ballast: write it as: ballast sim run FILE\n$/],
    [['run', 'x.sim', 'y.sim'], /^ballast: write it as: ballast sim run FILE\n$/],
    [['replay'], /^ballast: write it as: ballast sim replay LOG\n$/],
    [['start', 'x.sim', 'y'], /^ballast: write it as: ballast sim start \[FILE\]\n$/],
    [['run', 'x.sim', '--seed', 'x'], /It is a whole number\./],
    [['run', 'x.sim', '--oddity', 'x'], /It is one of chain,/],
    [['run', 'x.sim', '--scheduler', 'x'], /Allowed choices are git-annex, fair, adversarial\./],
    [['run', 'x.sim', '--log', '.'], /^ballast: \. is a directory; name a file\.\n$/],
    [['run', 'x.sim', '--log', 'no/log'], /its directory does not exist; make it/],
    [
      ['run', 'x.sim', '--report', 'no/r.html'],
      /^ballast: no\/r.html .* its directory does not exist;/,
    ],
    [['import', 'none'], /^ballast: none does not exist;/],
    [['import', '.', '--out', 'no/x.sim'], /^ballast: no\/x.sim .* its directory does not exist;/],
    [['run', 'x.sim', '--log', '/dev/full'], /^ballast: \/dev\/full .* the disk is full;/],
  ] as const)('%j is told what is wrong', async ([...words], text) => {
    place.file('x.sim', 'init a');

    const { status, stderr } = await place.sim(...words);

    expect(status).toBe(2);
    expect(stderr).toMatch(text);
  });

  it('does not write its log over what it runs, by any name of the file', async () => {
    place.file('x.sim', ...settling);
    symlinkSync('x.sim', join(place.directory, 'link'));

    expect(await place.sim('run', 'x.sim', '--log', 'link')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ballast: link is the file that is run; name another one for the log.\n',
    });
    expect(read('x.sim')).toBe(`${settling.join('\n')}\n`);
  });

  it('refuses an empty name for its log before it runs anything', async () => {
    place.file('x.sim', ...settling);

    expect(await place.sim('run', 'x.sim', '--log', '')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ballast: the name of the file to write is empty; name one.\n',
    });
  });

  it('writes a log to where a link leads, as /dev/stdout does, and leaves the link', async () => {
    place.file('x.sim', ...settling);
    writeFileSync(join(place.directory, 'real.log'), 'old');
    symlinkSync('real.log', join(place.directory, 'link.log'));

    await place.sim('run', 'x.sim', '--log', 'link.log');

    expect(readlinkSync(join(place.directory, 'link.log'))).toBe('real.log');
    expect(read('real.log')).toBe(settledLog);
  });

  it('quotes a word of megabytes by its beginning', async () => {
    place.file('x.sim', 'x'.repeat(1_000_000));

    const { stderr } = await place.sim('run', 'x.sim');

    expect(stderr).toMatch(/^x\.sim:1:1: no command is called "x{80}"… \(BS101\)\n/);
    expect(stderr.length).toBeLessThan(1000);
  });

  it.skipIf(process.platform !== 'linux')(
    'says in a sentence that its output is on a full disk',
    () => {
      place.file('x.sim', ...settling);
      const command = '"$0" "$@" 2>&1 >/dev/full || echo "status $?"';
      const words = ['-c', command, process.execPath, program, 'sim', 'run', 'x.sim'];

      const told = execFileSync('sh', words, { cwd: place.directory, encoding: 'utf8' });

      expect(told).toMatch(/^ballast: standard output cannot be written: .*ENOSPC.*\nstatus 2\n$/);
    },
  );

  it('takes names of any bytes and logs them as they are', async () => {
    const bytes = Buffer.from('seed 1\ninit a\nadd \xe4\xff 1.0kB a\n', 'latin1');
    writeFileSync(join(place.directory, 'x.sim'), bytes);

    await place.sim('run', 'x.sim', '--log', 'x.log');

    expect(readFileSync(join(place.directory, 'x.log'))).toEqual(bytes);
  });
});

describe('Ctrl-C', () => {
  it('ends a run, and its log replays and is gone on with', async () => {
    place.file('x.sim', ...endless, 'init late');
    const running = start(['sim', 'run', 'x.sim', '--json'], place);
    await running.printed(/"kind":"drop"/);
    running.child.kill('SIGINT');
    const { status, stdout } = await running.ended;

    expect(status).toBe(130);
    expect(stdout).toContain(
      'stopped within line 14 of x.sim; what was done is in x.sim.stopped.log',
    );
    const log = read('x.sim.stopped.log').trimEnd().split('\n');
    const step = log.findIndex((line) => line.startsWith('step '));
    expect(log[step]).toBe(`step ${log.length - step - 2}`);
    expect(log.at(-1)).toMatch(/^seed /);
    expect(await place.sim('replay', '-q', 'x.sim.stopped.log')).toMatchObject({ status: 0 });
  });

  it('leaves the log of what came by a pipe where one is', async () => {
    mkdirSync(join(place.directory, 'there'));
    const pipe = join(place.directory, 'there', 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = start(['sim', 'run', pipe, '--json'], place);
    writeFileSync(pipe, endless.map((line) => `${line}\n`).join(''));
    await running.printed(/"kind":"drop"/);
    running.child.kill('SIGINT');
    const { status, stdout } = await running.ended;

    expect(status).toBe(130);
    expect(stdout).toContain('what was done is in pipe.stopped.log: ');
    expect(read('pipe.stopped.log')).toMatch(/^seed 1\ninit a\n/);
    expect(readdirSync(join(place.directory, 'there'))).toEqual(['pipe']);
  });

  it('that comes again and again costs nothing', async () => {
    place.file('x.sim', ...endless);
    const running = start(['sim', 'run', 'x.sim', '--json'], place);
    await running.printed(/"kind":"drop"/);
    const again = setInterval(() => running.child.kill('SIGINT'), 1);
    await running.ended.finally(() => clearInterval(again));

    expect(readdirSync(place.directory).sort()).toEqual(['x.sim', 'x.sim.stopped.log']);
    expect(await place.sim('replay', '-q', 'x.sim.stopped.log')).toMatchObject({ status: 0 });
  });

  it('does not write over the log of an earlier run', async () => {
    place.file('x.sim', ...endless);
    place.file('x.sim.stopped.log', 'precious');
    const running = start(['sim', 'run', 'x.sim', '--json'], place);
    await running.printed(/"kind":"drop"/);
    running.child.kill('SIGTERM');
    await running.ended;

    expect(read('x.sim.stopped.log')).toBe('precious\n');
    expect(existsSync(join(place.directory, 'x.sim.stopped.log.2'))).toBe(true);
  });

  it('keeps what comes before a step of git-annex that cannot be told in part', async () => {
    place.file('x.sim', ...endless);
    const words = ['sim', 'run', 'x.sim', '--compat', 'git-annex', '--json', '--log', 'x.log'];
    const running = start(words, place);
    await running.printed(/"kind":"drop"/);
    running.child.kill('SIGINT');

    expect(await running.ended).toMatchObject({ status: 130 });
    expect(read('x.log').trimEnd().split('\n')).toEqual([
      ...endless.slice(0, -2),
      'addmulti 50 .x 1.0MB 5.0MB c',
    ]);
  });
});

describe('ballast sim replay', () => {
  it('finds a log to be the same again', async () => {
    place.file('x.sim', ...settling);
    await place.sim('run', 'x.sim', '--log', 'x.log');

    expect(await place.sim('replay', 'x.log')).toEqual({
      status: 0,
      stdout: 'Simulation has stabilized after 2 steps.\nx.log: all 9 lines are the same again.\n',
      stderr: '',
    });
  });

  const lines = settledLog.trimEnd().split('\n');

  it.each([
    [
      'another change',
      [...lines.slice(0, 7), 'present b f', ...lines.slice(8)],
      8,
      'present b f',
      'present a f',
    ],
    ['a change too many', [...lines, 'present a f'], 10, 'present a f', undefined],
    ['a change too few, as when it was cut', lines.slice(0, -1), 9, undefined, 'notpresent b f'],
    [
      'a change between commands',
      [...lines.slice(0, 6), 'present b f', ...lines.slice(6)],
      7,
      'present b f',
      undefined,
    ],
    ['no seed', lines.slice(1), 1, 'init a', /seed -?\d+/],
  ] as const)('tells of a log with %s the first line', async (_, log, line, logged, done) => {
    place.file('x.log', ...log);

    const { status, stderr } = await place.sim('replay', 'x.log');

    const quoted = (text: string | RegExp | undefined): string =>
      text === undefined ? 'nothing' : `\`${typeof text === 'string' ? text : text.source}\``;
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^ballast: x\\.log:${line}: the log has ${quoted(logged)} here, and this run ${quoted(done)}\\.\\n`,
      ),
    );
    expect(stderr).toContain('--compat git-annex');
  });

  it('tells where a log is cut within a line', async () => {
    place.file('x.log', ...lines.slice(0, 4), 'wan');

    expect(await place.sim('replay', 'x.log')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^x\.log:5:1: no command is called "wan"/) as unknown,
    });
  });
});
