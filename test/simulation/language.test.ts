import { readFileSync } from 'node:fs';
import { dialects } from '../../src/expression/index.ts';
import { describe, expect, test } from 'vitest';
import { parseCommand, parseSimulation } from '../../src/simulation/commands/parse.ts';
import { printSize } from '../../src/simulation/language/print-size.ts';
import { printCommand } from '../../src/simulation/commands/print.ts';
import { readNumber } from '../../src/simulation/language/values.ts';
import { columnOf } from '../../src/simulation/language/words.ts';
import { recordedLogs } from './recorded.ts';

describe('the sim language', () => {
  test.each(recordedLogs)('prints every command of log $name as git-annex does', ({ log }) => {
    const parsed = parseSimulation(log);
    if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));

    const printed = parsed.lines.map(({ command }) => `${printCommand(command)}\n`);

    expect(printed.join('')).toBe(log);
  });

  test.each([
    ['999', '999.0B'],
    ['1000', '1.0kB'],
    ['0', '0.0B'],
    ['1234567890123', '1.234567890123TB'],
    [`${10n ** 30n}`, '1.0QB'],
    [`${10n ** 38n}`, '1.0e8QB'],
  ])('prints %s bytes as %s', (bytes, printed) => {
    expect(printSize(BigInt(bytes))).toBe(printed);
  });

  test.each([
    ['16', 16n],
    ['-5', -5n],
    ['0x10', 16n],
    ['0o17', 15n],
    ['0b101', 5n],
    ['99999999999999999999', 7766279631452241919n],
    ['1.5', undefined],
    ['', undefined],
    ['5x', undefined],
  ])('reads %j as a number', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  test.each(['A=x', 'x', 'a-', 'A+=x', '\u00e9=1', 'a.b-c_d?=x', 'a==x', '\u00b2='])(
    'prints the metadata %j as they were written, as git-annex does',
    (text) => {
      const parsed = parseCommand(['metadata', 'f', text]);
      if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));

      expect(printCommand(parsed.command)).toBe(`metadata f ${text}`);
    },
  );

  test.each([
    ['a/b=c', 'a/b'],
    ['-a=c', '-a'],
    ['+=x', ''],
    ['=', ''],
    ['e\u0301=1', 'e\u0301'],
    ['a b=c', 'a b'],
  ])('refuses the metadata %j with the words of git-annex', (text, field) => {
    expect(parseCommand(['metadata', 'f', text])).toMatchObject({
      problem: { gitAnnexError: `Illegal metadata field name, "${field}"` },
    });
  });

  test('has each command in its page', () => {
    const page = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const parsed = parseCommand(['no-command']);
    if (parsed.kind === 'command') throw new Error('a command');

    const missing = parsed.problem.expected
      .split(', ')
      .filter((name) => !rows.some((row) => new RegExp(`\`${name}[ \`]`).test(row)));

    expect(missing).toEqual([]);
  });

  test('takes lines as they are: a return at the end, blanks between, comments kept', () => {
    const parsed = parseSimulation('# one \r\n\t \n  init\u00a0 foo \r\n--two');

    expect(parsed).toMatchObject({
      kind: 'simulation',
      lines: [
        { line: 1, command: { kind: 'comment', text: '# one \r' } },
        { line: 2, command: { kind: 'blank' } },
        { line: 3, command: { kind: 'init', name: 'foo' } },
        { line: 4, command: { kind: 'comment', text: '--two' } },
      ],
    });
  });

  test.each([
    ['init', { code: 'BS102', column: 5, expected: 'init NAME' }],
    ['  frob x', { code: 'BS101', column: 3 }],
    ['step 1 2', { code: 'BS103', column: 8, expected: 'step N' }],
    ['add 𝄞 1xb foo', { code: 'BS104', column: 7, expected: 'a size such as 10GB' }],
    ['add f -1mb foo', { code: 'BS104', column: 7 }],
    ['add f 1e400QB foo', { code: 'BS104', column: 7 }],
    ['add f NaN foo', { code: 'BS104', column: 7 }],
    ['addmulti 0 x 1mb 2mb', { code: 'BS106', column: 10 }],
    ['addmulti 9 x 1mb 99QB', { code: 'BS106', column: 18 }],
    ['connect a -> b c', { code: 'BS105', column: 16 }],
    ['trustlevel foo best', { code: 'BS104', column: 16 }],
    ['nodecost p n 0', { code: 'BS104', column: 14 }],
    ['nodecost p n 1.5', { code: 'BS104', column: 14 }],
    ['nodecost p n 9007199254740992', { code: 'BS104', column: 14 }],
    ['unwanted p drop', { code: 'BS104', column: 12, expected: 'refuse or store' }],
    ['action a getwanted b while', { code: 'BS102', column: 22 }],
    ['action a getwanted b while action b', { code: 'BS104', column: 28 }],
    ['metadata f a/b=c', { code: 'BS104', column: 12 }],
    ['metadata f =c', { code: 'BS104', column: 12 }],
    ['metadata f _a=c', { code: 'BS104', column: 12 }],
    ['addkey f nokey a', { code: 'BS104', column: 10, expected: 'a key such as WORM-s3--a' }],
    ['addkey f WORM--x', { code: 'BS102', column: 17 }],
    ['speed a b 1MB/s', { code: 'BS102' }],
    ['speed a -> b 0B/s', { code: 'BS104', column: 14, expected: 'bytes a second such as 10MB/s' }],
    ['speed a -> b 1MB/s soon', { code: 'BS104', column: 20 }],
    ['partition a b', { code: 'BS104', expected: 'partition a b | c' }],
    ['partition a | | c', { code: 'BS104' }],
    ['arrivals .x 9B 5B 1h a', { code: 'BS104', column: 16, expected: 'no less than 9B' }],
    ['arrivals .x 1B 10PB 1h a', { code: 'BS104', column: 16 }],
    ['arrivals .x 1B 9B 0s a', { code: 'BS104', column: 19 }],
    ['outages a 1h never', { code: 'BS104', column: 14 }],
    ['cluster p g', { code: 'BS102', expected: 'cluster NAME GATEWAY NODE...' }],
    ['heal all', { code: 'BS103', column: 6 }],
    ['wait', { code: 'BS102', expected: 'wait DURATION' }],
    [
      'waitstable 1e9h',
      {
        code: 'BS104',
        column: 12,
        expected: 'a duration such as 1h30m, 20ms or 2y, of 1000y at most',
      },
    ],
  ])('tells where %j is wrong, and what was expected', (line, problem) => {
    const parsed = parseSimulation(`init foo\n${line}\ninit bar\n`);

    expect(parsed).toMatchObject({ kind: 'problem', problem: { line: 2, ...problem } });
  });

  test.each([
    'addkey d/f WORM-s5-m1--n a b',
    'remove f',
    'rename f g',
    'speed a <- b 10.0MB/s 20ms',
    'speed a <-> b 1.5GB/s 0s',
    'disk a 2.0TB',
    'down a',
    'up a',
    'lose a',
    'outages a 30d 1h30m',
    'endoutages a',
    'partition a b | c | d',
    'heal',
    'via n a',
    'cluster p g a b',
    'copyto a p',
    'copyto a p f g',
    'arrivals .x 1.0kB 2.0MB pareto steady 10m a b',
    'arrivals .x 1.0kB 2.0MB uniform poisson 1d a',
    'endarrivals .x',
    'syncevery 5m',
    'wait 1d',
    'waitstable 20ms',
  ])('prints %j as it reads it; git-annex has no such command', (line) => {
    const parsed = parseCommand(line.split(' '));

    expect(parsed.kind === 'command' ? printCommand(parsed.command) : parsed).toBe(line);
    expect(parseSimulation(line, dialects.reference, 'git-annex')).toMatchObject({
      kind: 'problem',
      problem: { code: 'BS101', gitAnnexError: `Unable to parse sim command: "${line}"` },
    });
  });

  test('finds the error in the last of a hundred thousand lines', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `add f${index} 1kB a`);

    const parsed = parseSimulation(`${lines.join('\n')}\nadd x`);

    expect(parsed).toMatchObject({ kind: 'problem', problem: { line: 100_001, column: 6 } });
  });

  test('reads a line of two megabytes, and the error behind it', () => {
    const parsed = parseSimulation(`add f 1mb ${'r '.repeat(1_000_000)}\nfrob`);

    expect(parsed).toMatchObject({ kind: 'problem', problem: { line: 2, column: 1 } });
  });

  test('reads the words of a command line, and no comments', () => {
    expect(parseCommand(['visit', 'foo', 'git annex find'])).toMatchObject({
      command: { kind: 'visit', words: ['git annex find'] },
    });
    expect(parseCommand(['# c'])).toMatchObject({ kind: 'problem', problem: { line: 0 } });
    expect(parseCommand([])).toMatchObject({
      problem: { gitAnnexError: 'Unable to parse sim command: ""' },
    });
  });

  test('finds the column of a word', () => {
    expect(columnOf('  add f 1mb  foo', 'foo')).toBe(14);
    expect(columnOf('  add f 1mb  foo', 'bar')).toBe(3);
  });
});
