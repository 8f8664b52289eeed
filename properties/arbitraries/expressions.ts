import fc from 'fast-check';

/** The groups that expressions and annexes speak of; `trusted` is also a trust level, `ghosts` empty. */
export const groups = ['nodes', 'archive', 'trusted', 'ghosts'] as const;

const group = fc.constantFrom(...groups);
const number = fc.constantFrom('1', '2', '3', '0', '-1');
const glob = fc.constantFrom('*', 'a*', '*.flac', 'a/?', 'b', '*/*', 'a/b.flac');
const level = fc.constantFrom('trusted', 'semitrusted+', 'untrusted+', 'untrusted', 'dead+');

const valued = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map((text) => `${name}=${text}`);

const balancedNames = ['balanced', 'fullybalanced', 'sizebalanced', 'fullysizebalanced'];
const groupAndNumber = fc.tuple(group, number).map(([name, digits]) => `${name}:${digits}`);

/** Terms, each with values that matter in the annexes of properties/arbitraries/annexes.ts. */
export const termTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('anything', 'nothing', 'present', 'groupwanted'),
  valued('include', glob),
  valued('exclude', glob),
  valued('copies', fc.oneof(number, groupAndNumber)),
  valued(
    'copies',
    fc.tuple(level, number).map(([name, digits]) => `${name}:${digits}`),
  ),
  valued('lackingcopies', number),
  valued('approxlackingcopies', number),
  valued('inbackend', fc.constantFrom('SHA256E', 'WORM')),
  valued('inallgroup', group),
  valued('onlyingroup', group),
  valued('smallerthan', fc.constantFrom('0', '10', '20')),
  valued('largerthan', fc.constantFrom('0', '10', '20')),
  ...balancedNames.map((name) => valued(name, fc.oneof(group, groupAndNumber))),
);

const words = fc.oneof(
  { weight: 5, arbitrary: termTexts },
  { weight: 4, arbitrary: fc.constantFrom('and', 'or', 'not') },
  { weight: 2, arbitrary: fc.constantFrom('(', ')') },
);

/** Any arrangement of words: git-annex accepts them all. */
export const wordSequences: fc.Arbitrary<string> = fc
  .array(words, { maxLength: 10 })
  .map((parts) => parts.join(' '));

/** Expressions as a person would write them, and any other arrangement of words. */
export const expressionTexts: fc.Arbitrary<string> = fc.oneof(
  termTexts,
  wordSequences,
  fc.letrec<{ whole: string }>((tie) => ({
    whole: fc.oneof(
      { depthSize: 'small' },
      termTexts,
      fc
        .tuple(tie('whole'), fc.constantFrom('and', 'or'), tie('whole'))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      tie('whole').map((inner) => `not (${inner})`),
    ),
  })).whole,
);
