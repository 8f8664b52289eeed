import fc from 'fast-check';

/**
 * The groups that expressions and annexes speak of; `trusted` is also a trust level, `ghosts`
 * empty.
 */
export const groups = ['nodes', 'archive', 'trusted', 'ghosts'] as const;

const group = fc.constantFrom(...groups);
const number = fc.constantFrom('1', '2', '3', '0', '-1');
const glob = fc.constantFrom('*', 'a*', '*.flac', 'a/?', 'b', '*/*', 'a/b.flac');
const level = fc.constantFrom('trusted', 'semitrusted+', 'untrusted+', 'untrusted', 'dead+');

const valued = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map((text) => `${name}=${text}`);

const balancedNames = ['balanced', 'fullybalanced', 'sizebalanced', 'fullysizebalanced'];
const groupAndNumber = fc.tuple(group, number).map(([name, digits]) => `${name}:${digits}`);

/** Group limits; `ad-hoc` is a group that none can name. */
const limits: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom('+', '-', ''), fc.oneof(group, fc.constant(''))), {
    maxLength: 3,
  })
  .map((pieces) => pieces.map((piece) => piece.join('')).join(''));
const limitAndNumber = fc.tuple(limits, number).map(([limit, digits]) => `${limit}=${digits}`);

/** Terms, each with values that matter in the annexes of properties/arbitraries/annexes.ts. */
export const termTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('anything', 'nothing', 'present'),
  fc.constant('groupwanted'),
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

const lackingValues = fc.oneof(
  group.map((name) => `${name}:lackingcopies`),
  fc.tuple(group, limits).map(([name, limit]) => `${name}:lackingcopies=${limit}`),
);

/** Terms and forms that git-annex 10.20250416 lacks (spec/newest.md section 1). */
export const newTermTexts: fc.Arbitrary<string> = fc.oneof(
  valued('copies', limitAndNumber),
  ...['lackingcopies', 'approxlackingcopies'].map((name) =>
    valued(name, fc.oneof(groupAndNumber, limitAndNumber)),
  ),
  ...balancedNames.map((name) => valued(name, lackingValues)),
  valued('url', fc.constantFrom('https://*', '*.flac', 'x', 'HTTPS*', '*//*', 'yt:*', '')),
);

/** Terms of the newest dialect. */
export const everyTermText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: termTexts },
  { weight: 2, arbitrary: newTermTexts },
);

/** Any arrangement of words, as git-annex accepts them all. */
function wordSequencesOf(terms: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const words = fc.oneof(
    { weight: 5, arbitrary: terms },
    { weight: 4, arbitrary: fc.constantFrom('and', 'or', 'not') },
    { weight: 2, arbitrary: fc.constantFrom('(', ')') },
  );
  return fc.array(words, { maxLength: 10 }).map((parts) => parts.join(' '));
}

/** Expressions of these terms, as a person would write them and in any other arrangement. */
export function expressionsOf(terms: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    terms,
    wordSequencesOf(terms),
    fc.letrec<{ whole: string }>((tie) => ({
      whole: fc.oneof(
        { depthSize: 'small' },
        terms,
        fc
          .tuple(tie('whole'), fc.constantFrom('and', 'or'), tie('whole'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
        tie('whole').map((inner) => `not (${inner})`),
      ),
    })).whole,
  );
}

/** Any arrangement of words: git-annex accepts them all. */
export const wordSequences: fc.Arbitrary<string> = wordSequencesOf(everyTermText);

/** Expressions as a person would write them, and any other arrangement of words. */
export const expressionTexts: fc.Arbitrary<string> = expressionsOf(everyTermText);

/** Words that are no terms, and terms whose values are at the edge of what is read. */
const roughWords = fc.oneof(
  everyTermText,
  fc.constantFrom(
    'AND',
    'nots',
    'android',
    'present=1',
    'include',
    'url',
    'copies',
    'unused=',
    '=',
  ),
  valued(
    'copies',
    fc.constantFrom(
      '1:2:3',
      'a:b:3',
      'a=b=3',
      'g:2:3=1',
      'a:1=0',
      '=3',
      '1.5',
      '1e',
      '0x',
      '+1',
      '-',
    ),
  ),
  valued('lackingcopies', fc.constantFrom('3=1=2', 'a=b=1', ':1', '2:x', '1=a', 'x', '1e3')),
  valued(
    'balanced',
    fc.constantFrom('g=1:lackingcopies', 'g=1:lackingcopies=a', 'g:LackingCopies'),
  ),
  valued('balanced', fc.constantFrom('g:lackingcopies=2=1', 'g:lackingcopies=a=1', 'g:1:2', '')),
  valued('fullybalanced', fc.constantFrom('g:lackingcopies=a=1', 'g:1lackingcopies', 'g:')),
  valued('smallerthan', fc.constantFrom('1kb', '1.5GB', '1zz', '1 kb', '', '-1', 'kb')),
  valued('metadata', fc.constantFrom('tag=x', '.x=1', 'a<5', 'a', '', 'a-b.c=*', 'a/b=1')),
);

/**
 * Texts as no person would write them: blanks of every kind, or none, bad words, stray parentheses.
 */
export const roughTexts: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: roughWords },
      { weight: 2, arbitrary: fc.constantFrom('and', 'or', 'not') },
      { weight: 2, arbitrary: fc.constantFrom('(', ')') },
      {
        weight: 4,
        arbitrary: fc.constantFrom(' ', '\t', '\u00a0', '\u2003', '\v', '\u0085', '\u200b', ''),
      },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

/** A tree of terms. */
export type TermShape =
  | { readonly term: string }
  | readonly ['not', TermShape]
  | readonly ['and' | 'or', TermShape, TermShape];

/** Trees of terms without missing operands. */
export const termShapes: fc.Arbitrary<TermShape> = fc.letrec<{ whole: TermShape }>((tie) => ({
  whole: fc.oneof(
    { depthSize: 'small' },
    everyTermText.map((term) => ({ term })),
    tie('whole').map((operand) => ['not', operand] as const),
    fc.tuple(fc.constantFrom('and', 'or'), tie('whole'), tie('whole')),
  ),
})).whole;
