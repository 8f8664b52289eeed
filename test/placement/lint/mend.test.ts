import { expect, test } from 'vitest';
import { dialects } from '../../../src/expression/index.ts';
import { mendConfiguration, mendExpression } from '../../../src/placement/index.ts';
import { configuration } from '../annex.ts';

const mended = (text: string): readonly string[] => {
  const found = mendExpression(text);
  return [found.text, ...found.mended.map(({ code }) => code)];
};

test.each([
  ['include=a)', 'include=a', ['BL118']],
  ['(include=a', '(include=a )', ['BL118']],
  ['(((', '((( ) ) )', ['BL118', 'BL118', 'BL118']],
  ['include=*.a or exclude=*.a', 'anything', ['BL102']],
  ['include=*.a and exclude=*.a and', 'nothing', ['BL116', 'BL103']],
  ['copies=1 ) and include=a', 'copies=1 and include=a', ['BL118']],
  [') present ) or include=[a )', 'present or include=[a', ['BL118', 'BL118', 'BL118']],
])('%s becomes %s', (text, after, codes) => {
  expect(mended(text)).toEqual([after, ...codes]);
});

test.each([
  // What is meant by these is for a person to say.
  'not balanced=x',
  'include=/a/*',
  'include=[a',
  '(include=a (include=b or present))',
  'include=a or',
  'presentt)',
  // As groupwanted the empty text would count as none.
  'and',
  // Beside required content these are more than never true.
  'not standard and nothing',
  'groupwanted and nothing',
  'include=a',
  '',
])('%s stays', (text) => {
  expect(mended(text)).toEqual([text]);
});

test('what can be mended is, among what cannot', () => {
  expect(mended(') include=/a ) or present and not ) unused')).toEqual([
    'include=/a or present and not unused',
    'BL118',
    'BL118',
    'BL118',
  ]);
  expect(mended('(include=a (include=b or present)')[0]).toBe(
    '(include=a (include=b or present) )',
  );
});

test('thousands of stray parentheses are taken away in rounds', () => {
  expect(mendExpression(`${') '.repeat(1000)}present`).text).toBe('present');
});

test('an expression is read in its dialect', () => {
  expect(mendExpression('url=x)', dialects.reference).mended).toEqual([]);
  expect(mendExpression('url=x)', dialects.url).text).toBe('url=x');
});

test('each expression of a configuration is mended where it is', () => {
  const [one, two] = ['1', '2'].map((first) => `${first}0000000-0000-4000-8000-000000000001`);
  const before = configuration({
    repositories: {
      [one ?? '']: { wanted: 'present)', required: '(present' },
      [two ?? '']: { wanted: 'present' },
    },
    groupwanted: new Map([['g', 'copies=1)']]),
  });

  const { mends, configuration: after } = mendConfiguration(before);

  expect(mends.map(({ place, text }) => [place.kind, place.of, text])).toEqual([
    ['wanted', one, 'present'],
    ['required', one, '(present )'],
    ['groupwanted', 'g', 'copies=1'],
  ]);
  expect(
    [...after.repositories.values()].map(({ wanted, required }) => [wanted, required]),
  ).toEqual([
    ['present', '(present )'],
    ['present', undefined],
  ]);
  expect(after.groupwanted).toEqual(new Map([['g', 'copies=1']]));
});
