import { beforeEach, describe, expect, it } from 'vitest';
import { readGolden } from '../../golden/read-golden.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { settledLog, settling, SimPlace } from './sim.ts';

let place: SimPlace;
beforeEach(() => {
  place = new SimPlace(temporaryDirectory());
});

const compat = ['--compat', 'git-annex'] as const;
const said = (...messages: readonly string[]): string =>
  messages.map((message) => `\n  ${message}\n`).join('');
const trouble = (text: string): string => `git-annex: ${text}\n`;
const none = '.git/annex/sim/state: openFile: does not exist (No such file or directory)';
const second =
  'A sim was previously started. Use `git-annex sim end` to stop it before starting a new one.';

/** Spec/sim.md section 2, and what was seen of git-annex 10.20250416. */
describe('with --compat git-annex', () => {
  it('run says what git-annex says', async () => {
    place.file('x.sim', ...settling);

    expect(await place.sim('run', ...compat, 'x.sim')).toEqual({
      status: 0,
      stdout: said('Sim started.', 'Simulation has stabilized after 2 steps.', 'Sim ended.'),
      stderr: '',
    });
  });

  it('run shows the log when an expectation failed', async () => {
    place.file('x.sim', ...settling, 'present b f');

    expect(await place.sim('run', ...compat, 'x.sim')).toEqual({
      status: 1,
      stdout: `${said(
        'Sim started.',
        'Simulation has stabilized after 2 steps.',
        'Expected f to be present in b, but it is not.',
        'Sim ended.',
      )}${settledLog}`,
      stderr: trouble('Simulation shown above had errors.'),
    });
  });

  it('start keeps what had errors, and only the command that causes them fails', async () => {
    place.file('x.sim', ...settling);
    await place.sim('start', ...compat, 'x.sim');
    const message = said('Expected f to be present in b, but it is not.');

    // How it was made is kept with it.
    expect(await place.sim('present', 'b', 'f')).toEqual({
      status: 1,
      stdout: message,
      stderr: trouble('Simulation had errors.'),
    });
    expect(await place.sim('present', 'b', 'f')).toEqual({
      status: 0,
      stdout: message,
      stderr: '',
    });
    expect(await place.sim('show')).toEqual({ status: 0, stdout: settledLog, stderr: '' });
    expect(await place.sim('end')).toEqual({ status: 0, stdout: said('Sim ended.'), stderr: '' });
    expect(await place.sim('end', ...compat)).toMatchObject({
      status: 0,
      stdout: said('Sim ended.'),
    });
  });

  it('a command that fails leaves a simulation that must be ended', async () => {
    place.file('x.sim', 'seed 1', 'init a', 'connect q -> a');

    expect(await place.sim('start', ...compat, 'x.sim')).toEqual({
      status: 1,
      stdout: said('Sim started.'),
      stderr: trouble('No repository in the simulation is named "q". Choose from: a'),
    });
    expect(await place.sim(...compat, 'step', '1')).toMatchObject({
      status: 1,
      stderr: trouble(none),
    });
    expect(await place.sim('run', ...compat, 'x.sim')).toEqual({
      status: 1,
      stdout: '',
      stderr: trouble(second),
    });
    await place.sim('end');
    expect(await place.sim('start', ...compat)).toMatchObject({ status: 0 });
  });

  it('a visit that fails ends with its status', async () => {
    place.file('x.sim', 'init a', 'visit a echo hi; exit 4', 'init b');

    expect(await place.sim('run', ...compat, 'x.sim')).toEqual({
      status: 4,
      stdout: `${said('Sim started.')}hi\n${said('Command echo hi; exit 4 exited nonzero.')}`,
      stderr: '',
    });
  });

  it.each([
    [
      ['run', 'no.sim'],
      said('Sim started.'),
      'no.sim: openFile: does not exist (No such file or directory)',
    ],
    [
      ['start', 'no.sim'],
      said('Sim started.'),
      'no.sim: openFile: does not exist (No such file or directory)',
    ],
    [['run', 'bad.sim'], said('Sim started.'), 'Unable to parse sim command: "frob it"'],
    [['start', 'bad.sim'], said('Sim started.'), 'Unable to parse sim command: "frob it"'],
    [['run'], '', 'Unable to parse sim command: "run"'],
    [['run', 'a', 'b'], '', 'Unable to parse sim command: "run a b"'],
    [['start', 'a', 'b'], '', 'Unable to parse sim command: "start a b"'],
    [['end', 'x'], '', 'Unable to parse sim command: "end x"'],
    [['show', 'x'], '', 'Unable to parse sim command: "show x"'],
    [['show'], '', none],
    [[], '', 'Unable to parse sim command: ""'],
    [['foo'], '', 'Unable to parse sim command: "foo"'],
    [['# comment'], '', 'Unable to parse sim command: "# comment"'],
    [['init', 'a'], '', none],
    [['use', 'x', 'nosuch'], '', none],
  ] as const)('%j fails as it does in git-annex', async ([...words], stdout, text) => {
    place.file('bad.sim', 'init a', 'frob it');

    const ended = await place.sim(...compat, ...words);

    expect(ended).toEqual({ status: 1, stdout, stderr: trouble(text) });
  });
});

interface RecordedError {
  readonly line: string;
  readonly exit: number;
  readonly messages: readonly string[];
  readonly stderr: readonly string[];
  readonly last: string | null;
}

function endsWith(line: string): RegExp {
  return new RegExp(`\\n${line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\n$`);
}

/** The engine's tests have all of them. */
const every = 7;

describe('a bad command, recorded from git-annex', () => {
  const { prefix, cases }: { readonly prefix: string; readonly cases: readonly RecordedError[] } =
    JSON.parse(readGolden('sim-errors.json'));

  it.each(cases.filter((_, index) => index % every === 0))('$line', async (recorded) => {
    git(place.directory, 'init', '--quiet');
    place.file('x.sim', ...prefix.trimEnd().split('\n'), recorded.line);

    expect(await place.sim('start', ...compat, 'x.sim')).toEqual({
      status: recorded.exit,
      stdout: said('Sim started.', ...recorded.messages),
      stderr: recorded.stderr.map((line) => `${line}\n`).join(''),
    });
    if (recorded.last === null) return;
    expect((await place.sim('show')).stdout).toMatch(endsWith(recorded.last));
  });
});
