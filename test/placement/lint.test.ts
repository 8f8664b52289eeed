import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import {
  findingCodes,
  formatFinding,
  lintConfiguration,
  lintExpression,
  standardGroups,
  type Finding,
} from '../../src/placement/index.ts';
import { configuration, type Annex } from './annex.ts';

const codes = (found: readonly Finding[]): readonly string[] => [
  ...new Set(found.map(({ code }) => code)),
];

/** The texts with the suggested edits made. */
function edited(text: string): readonly (string | undefined)[] {
  return lintExpression(text).map(({ edit }) =>
    edit === undefined
      ? undefined
      : text.slice(0, edit.span.start) + edit.replacement + text.slice(edit.span.end),
  );
}

/** Each with an expression that provokes it and one, as near as can be, that does not. */
const alone: readonly (readonly [code: string, odd: string, fine: string])[] = [
  ['BL101', 'not present', 'not not present'],
  ['BL101', 'include=*.a or not balanced=x', 'include=*.a or not fullybalanced=x'],
  ['BL102', 'include=*.a or exclude=*.a', 'include=*.a or exclude=*.b'],
  ['BL102', 'copies=1 or not copies=2', 'copies=2 or not copies=1'],
  ['BL103', 'include=*.a and exclude=*.a', 'include=*.a and exclude=*.b'],
  ['BL103', 'not copies=1 and copies=2', 'not copies=2 and copies=1'],
  ['BL103', 'largerthan=2kb and not largerthan=1kb', 'largerthan=1kb and not largerthan=2kb'],
  ['BL111', 'include=[a', 'include=[a]'],
  ['BL111', 'metadata=tag=[z-a]', 'metadata=tag=[a-z]'],
  ['BL112', 'include=/archive/*', 'include=archive/*'],
  ['BL112', 'include=archive/', 'include=archive/*'],
  ['BL112', 'include=../x', 'include=..x'],
  ['BL112', 'include=a/./b', 'include=a/.b'],
  ['BL112', "include=it's*", "include=its*'"],
  ['BL112', 'exclude=a//*', 'exclude=a/*'],
  ['BL114', 'presentt', 'present'],
  ['BL115', 'copies=3=1', 'copies=3:1'],
  ['BL116', 'include=a or', 'include=a or present'],
  ['BL116', 'or include=a', 'include=a'],
  ['BL116', 'present and not', 'present and not unused'],
  ['BL117', '(include=a (include=b or present))', '(include=a and (include=b or present))'],
  ['BL117', '(include=a (include=b or present))', 'include=a (include=b or present)'],
  ['BL118', '(include=a', '(include=a)'],
  ['BL118', 'include=a)', '(include=a)'],
];

describe('lint of an expression', () => {
  test.each(alone)('%s: %s, but not %s', (code, odd, fine) => {
    expect(codes(lintExpression(odd))).toContain(code);
    expect(lintExpression(fine)).toEqual([]);
  });

  test('BL113: what the dialect lacks, but not what it has', () => {
    expect(codes(lintExpression('url=x*', dialects.reference))).toEqual(['BL113']);
    expect(lintExpression('url=x*', dialects.url)).toEqual([]);
  });

  test('BL121: what the dialect answers wrongly, and only that', () => {
    const { balancedLackingCopies, groupLimits } = dialects;
    const found = (text: string, dialect = balancedLackingCopies): readonly string[] =>
      codes(lintExpression(text, dialect));

    expect(found('balanced=g:lackingcopies')).toEqual(['BL121']);
    expect(found('balanced=g:lackingcopies', groupLimits)).toEqual([]);
    expect(found('balanced=g:2')).toEqual([]);
  });

  test('passes on what the parser guesses was meant', () => {
    const [first] = lintExpression('present or inclde=*.a');

    expect(first?.message).toContain('did you mean include?');
    expect(edited('present or inclde=*.a')).toEqual(['present or include=*.a']);
  });

  test('tells no more than the first hundred of one expression', () => {
    expect(lintExpression(') '.repeat(5000)).length).toBe(100);
  });

  test.each([...standardGroups])('the standard expression of %s is fine', (_group, text) => {
    expect(lintExpression(text)).toEqual([]);
  });

  test('suggests what to write instead', () => {
    expect(edited('not balanced=x')).toEqual(['not fullybalanced=x']);
    expect(edited('include=./a/*')).toEqual(['include=a/*']);
    expect(edited('(include=a (include=b or present))')).toEqual([
      '(include=a and (include=b or present))',
    ]);
    expect(edited('(include=a')).toEqual(['(include=a )']);
    expect(edited('include=*.a and exclude=*.a')).toEqual(['nothing']);
  });

  test('takes a long expression in its stride', () => {
    expect(lintExpression('present or unused and '.repeat(700)).length).toBe(1);
  });
});

test('a finding shows nothing that a terminal would obey', () => {
  const text = 'not balanced=\u001b[2J';
  const [first] = lintExpression(text);

  expect(first === undefined ? '' : formatFinding(first, text)).not.toContain('\u001b');
});

test.each([
  ['approxlackingcopies=1 or not approxlackingcopies=2', ['BL102']],
  ['copies=a:1 or copies=0', ['BL102']],
  ['copies=a:1 and not copies=1', ['BL103']],
  ['fullybalanced=a:0', ['BL103']],
  ['include=[a or exclude=[a', ['BL111']],
  ['standard or not groupwanted', []],
  ['anything or groupwanted', []],
  ['copies=a:1 or not copies=2', []],
  ['not anything', []],
])('constants are told where they are, and nowhere else: %s', (text, expected) => {
  expect(codes(lintExpression(text))).toEqual(expected);
});

test('a term that makes an expression never true is told, and not once more as a constant', () => {
  expect(codes(lintExpression('present and not (present and present)'))).toEqual(['BL101']);
  expect(codes(lintExpression('anything or not present'))).toEqual(['BL101']);
});

const one = '10000000-0000-4000-8000-000000000001';
const two = '20000000-0000-4000-8000-000000000002';

const found = (annex: Annex): readonly string[] => codes(lintConfiguration(configuration(annex)));

/** An annex of two in the group `g`, with these settings of the first. */
const pair = (wanted: string, rest: object = {}): Annex => ({
  repositories: {
    [one]: { groups: ['g'], wanted, ...rest },
    [two]: { groups: ['g'], wanted, maxsizeBytes: 100n },
  },
});

describe('lint of a configuration', () => {
  const archive = standardGroups.get('archive') ?? '';
  const inArchive = (wanted: string, groupwanted: string): Annex => ({
    repositories: { [one]: { groups: ['archive'], wanted } },
    groupwanted: new Map([['archive', groupwanted]]),
  });

  test('BL101: the archive expression with `present` negated through groupwanted', () => {
    expect(found(inArchive('not groupwanted', `present and (${archive})`))).toContain('BL101');
    expect(found(inArchive('groupwanted', `not present and (${archive})`))).toContain('BL101');
    expect(found(inArchive('groupwanted', `present and (${archive})`))).not.toContain('BL101');
    expect(found(inArchive('not groupwanted', archive))).not.toContain('BL101');
  });

  test('BL101: `standard` negated where it means `present`', () => {
    expect(found({ repositories: { [one]: { wanted: 'not standard' } } })).toContain('BL101');
    expect(
      found({ repositories: { [one]: { groups: ['unwanted'], wanted: 'not standard' } } }),
    ).toEqual([]);
  });

  test('BL101: in required content it disables the wanted expression too, and says so', () => {
    const tell = (wanted: string | undefined): readonly string[] =>
      lintConfiguration(
        configuration({ repositories: { [one]: { wanted, required: 'not present' } } }),
      ).map(({ message }) => message);

    expect(tell('include=a')[0]).toMatch(/, nor the wanted expression/);
    expect(tell(undefined)[0]).not.toMatch(/wanted/);
  });

  test('BL104 and BL105: words that stand for nothing, or for several', () => {
    const standard = (groups: readonly string[]): Annex => ({
      repositories: { [one]: { groups, wanted: 'standard' } },
    });

    expect(found(standard(['g']))).toEqual(['BL104']);
    expect(found(standard(['source', 'backup']))).toEqual(['BL105']);
    expect(found(standard(['source', 'g']))).toEqual([]);
    expect(found(inArchive('groupwanted', 'groupwanted or include=a'))).toContain('BL104');
  });

  test('BL106: groups nobody is in, with the likely one', () => {
    expect(found(pair('balanced=ghosts'))).toEqual(['BL106']);
    expect(found(pair('copies=g:1'))).toEqual([]);
    const settings = { groups: ['archive'], wanted: 'include=a or copies=archvie:1' };
    const [first] = lintConfiguration(configuration({ repositories: { [one]: settings } }));
    expect(first?.edit).toEqual({ span: { start: 20, end: 27 }, replacement: 'archive' });
  });

  test('BL106: a groupwanted expression of a group that nobody is in', () => {
    const annex = { ...pair('present'), groupwanted: new Map([['gg', 'present']]) };

    expect(lintConfiguration(configuration(annex))[0]?.message).toContain('nobody is in');
    expect(found({ ...annex, groupwanted: new Map([['g', 'present']]) })).toEqual([]);
  });

  test('BL107: more members than there are', () => {
    expect(found(pair('balanced=g:3'))).toEqual(['BL107']);
    expect(found(pair('balanced=g:2'))).toEqual([]);
  });

  test('BL108: members with other expressions', () => {
    expect(found(pair('balanced=g', { wanted: 'present' }))).toEqual(['BL108']);
    expect(found(pair('balanced=g', { wanted: 'balanced=g:1' }))).toEqual([]);
    const shared = { ...pair('groupwanted'), groupwanted: new Map([['g', 'balanced=g']]) };
    expect(found(shared)).toEqual([]);
  });

  test('BL109: balanced by free space without a maxsize', () => {
    expect(found(pair('sizebalanced=g'))).toEqual(['BL109']);
    expect(found(pair('sizebalanced=g', { maxsizeBytes: 0n }))).toEqual(['BL109']);
    expect(found(pair('sizebalanced=g', { maxsizeBytes: 5n }))).toEqual([]);
  });

  test('BL110: required where nothing can be held', () => {
    const required = { required: 'include=*.a' };
    expect(found(pair('present', { ...required, trust: 'dead' }))).toEqual(['BL110']);
    expect(found(pair('present', { ...required, maxsizeBytes: 0n }))).toEqual(['BL110']);
    expect(found(pair('present', { ...required, maxsizeBytes: 1n }))).toEqual([]);
  });

  test('BL119: a group named like a trust level', () => {
    expect(found({ repositories: { [one]: { groups: ['trusted'] } } })).toEqual(['BL119']);
    expect(found({ repositories: { [one]: { groups: ['trustees'] } } })).toEqual([]);
  });

  test('thousands of members are linted in a time that is linear in their number', () => {
    const settings = { groups: ['g'], wanted: 'balanced=g and copies=g:1 or standard' };
    const repositories = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`u${index}`, settings]),
    );

    expect(found({ repositories })).toEqual(['BL104']);
  });

  test('each code has a test here', () => {
    const others = [
      'BL104',
      'BL105',
      'BL106',
      'BL107',
      'BL108',
      'BL109',
      'BL110',
      'BL113',
      'BL119',
      'BL120',
      'BL121',
    ];
    const tested = [...new Set([...alone.map(([code]) => code), ...others])].sort();

    expect(tested).toEqual(Object.keys(findingCodes));
  });
});
