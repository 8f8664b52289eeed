import { describe, expect, test } from 'vitest';
import {
  dialects,
  expressionLengthMax,
  formatProblem,
  isEmpty,
  nestingMax,
  parseExpression,
  problemCodes,
  type Dialect,
  type Expression,
  type Problem,
  type ProblemCode,
} from '../../src/expression/index.ts';
import { readGoldenLines } from '../golden/read-golden.ts';

interface GoldenParse {
  readonly expr: string;
  readonly accepted: boolean;
  readonly error?: string;
}

const readParse = (line: string): GoldenParse => JSON.parse(line);

test.each([
  { dialect: dialects.reference, name: 'parse-errors.jsonl' },
  { dialect: dialects.newest, name: 'newest/parse-errors.jsonl' },
])('accepts and refuses what git-annex $dialect.version does, with its message', (golden) => {
  const parses = readGoldenLines(golden.name, readParse);
  const ours = parses.map(({ expr }) => {
    const parsed = parseExpression(expr, golden.dialect);
    return parsed.kind === 'expression'
      ? { expr, accepted: true }
      : { expr, accepted: false, error: parsed.gitAnnexError };
  });

  expect(ours).toEqual(
    parses.map(({ expr, accepted, error }) =>
      accepted ? { expr, accepted } : { expr, accepted, error },
    ),
  );
  expect(ours.length).toBe(240);
});

test.each([
  ['metadata=\u0001a\u007f/', 'a/'],
  ['metadata=\u0085', '\u0085'],
  ['metadata=\u200b', '\u200b'],
  ['metadata=\udc85', '\ufffd'],
])('shows the name in %j as git-annex does', (text, shown) => {
  const parsed = parseExpression(text);

  expect(parsed).toHaveProperty(
    'gitAnnexError',
    `Parse error: Parse failure: Illegal metadata field name, "${shown}"`,
  );
});

describe('folds a sequence of words from the left', () => {
  test.each([
    ['present or unused and anything', '((present or unused) and anything)'],
    ['present unused or anything', '((present and unused) or anything)'],
    ['not present unused', '(not present and unused)'],
    ['not present or unused', '(not present or unused)'],
    ['present (unused or anything)', '(present and (unused or anything))'],
    ['(present (unused or anything))', '((present and unused) or anything)'],
    ['(present and (unused or anything))', '(present and (unused or anything))'],
    ['present or', '(present or ANY)'],
    ['or present', '(ANY or present)'],
    ['or', '(ANY or ANY)'],
    ['present or or unused', '(present or (ANY or unused))'],
    ['present and', 'present'],
    ['present and or unused', '(present and (ANY or unused))'],
    ['present or and unused', '(present or unused)'],
    ['not', 'not ANY'],
    ['present not', '(present and not ANY)'],
    ['not or present', 'not (ANY or present)'],
    ['not and present', 'not present'],
    ['present ) unused', '(present and unused)'],
    ['( present', 'present'],
    ['(() and ()) and (() and ())', '(ANY and ANY)'],
  ])('%s', (text, shown) => {
    expect(show(treeOf(text))).toBe(shown);
  });
});

test.each(['', '  ', '()', 'and', '( ) and ( )', 'and and', '\u00a0\t'])(
  'takes %j for empty',
  (text) => {
    expect(isEmpty(treeOf(text))).toBe(true);
  },
);

test.each(['or', 'not', '(() and ()) and (() and ())'])('does not take %j for empty', (text) => {
  expect(isEmpty(treeOf(text))).toBe(false);
});

describe('each code', () => {
  const provoking: Readonly<Record<ProblemCode, { text: string; at: string }>> = {
    BX101: { text: 'x'.repeat(expressionLengthMax + 3), at: 'xxx' },
    BX102: { text: `${'('.repeat(nestingMax)}(present`, at: '(' },
    BX103: { text: 'present or copise=2', at: 'copise=2' },
    BX104: { text: 'include=*.a and present=1', at: 'present=1' },
    BX105: { text: 'include=*.flac and lackingcopies=two', at: 'two' },
    BX106: { text: 'balanced=a:b:3', at: 'a:b:3' },
    BX107: { text: 'smallerthan=1zz', at: '1zz' },
    BX108: { text: 'metadata=.x=1', at: '.x' },
    BX109: { text: 'present or url=*', at: 'url=*' },
  };

  test.each(Object.keys(provoking).filter(isProblemCode))('%s is reported where it is', (code) => {
    const { text, at } = provoking[code];
    const [problem] = problemsOf(text, code === 'BX109' ? dialects.reference : dialects.newest);

    expect(problem?.code).toBe(code);
    expect(text.slice(problem?.span.start, problem?.span.end)).toBe(at);
  });

  test('has a fixture', () => {
    expect(Object.keys(provoking)).toEqual(Object.keys(problemCodes));
  });
});

test('reports every bad word, in order', () => {
  const problems = problemsOf('foo copies=x (bar');

  expect(problems.map(({ span }) => span.start)).toEqual([0, 11, 14]);
});

describe('what was likely meant', () => {
  test.each([
    ['anythng', 'did you mean anything?'],
    ['copeis=2', 'did you mean copies?'],
    ['balancd=g', 'did you mean balanced?'],
    ['AND', 'write and'],
    ['Include=*', 'write include'],
    ['adn', 'did you mean and?'],
    ['nto', 'did you mean not?'],
    ['&&', 'write and'],
    ['!present', 'write not present'],
    ['-include=*.mp3', 'write not include=*.mp3'],
    ['--copies=2', 'write copies=2'],
    ['include:*.mp3', 'write include=*.mp3'],
    ['present=1', 'write present alone'],
    ['copies=', 'for example copies=1'],
    ['copies=+1', 'write it with digits only'],
  ])('%s: %s', (text, hint) => {
    expect(problemsOf(text)[0]?.hint).toBe(hint);
  });

  test.each([
    ['mimetype=image/*', 'belongs to annex.largefiles'],
    ['in=here', 'is an option of commands'],
    ['locked', 'is an option of commands'],
    ['accessedwithin=1d', 'is an option of commands'],
    ['want-get', 'is an option of commands'],
  ])('%s %s', (text, hint) => {
    expect(problemsOf(text)[0]?.hint).toContain(hint);
  });

  test('nothing is guessed for a word that is like no other', () => {
    expect(problemsOf('flummery')[0]?.hint).toBeUndefined();
  });
});

describe('a form that an older git-annex lacks', () => {
  test.each([
    ['url=*', '10.20250721', 'Parse error: Parse failure: near "url=*"'],
    ['copies=a+b-c=3', '10.20260901', 'Parse error: Parse failure: bad number for copies'],
    [
      'lackingcopies=g:1',
      '10.20260901',
      'Parse error: Parse failure: bad value for number of lacking copies',
    ],
    [
      'balanced=g:lackingcopies',
      '10.20250520',
      'Parse error: Parse failure: bad number for balanced',
    ],
    [
      'fullybalanced=g:lackingcopies=a',
      '10.20260901',
      'Parse error: Parse failure: bad number for fullybalanced',
    ],
  ])('%s needs %s', (text, since, error) => {
    const parsed = parseExpression(text, dialects.reference);
    const [problem] = problemsOf(text, dialects.reference);

    expect(problem?.code).toBe('BX109');
    expect(problem?.message).toContain(`needs git-annex ${since} or newer in every repository`);
    expect(parsed).toHaveProperty('gitAnnexError', error);
    expect(parseExpression(text).kind).toBe('expression');
  });

  test('is told from one that no git-annex reads', () => {
    expect(problemsOf('copies=a=b=3', dialects.reference)[0]?.code).toBe('BX105');
  });
});

describe('a problem for people', () => {
  test('has a line, a column, carets, what was expected and what was meant', () => {
    expect(shownProblem('include=*.flac and\n  lackingcopies=two')).toBe(
      [
        'BX105 at line 2, column 17: "lackingcopies" wants a whole number, got "two"',
        '    lackingcopies=two',
        '                  ^^^',
        '  expected: a whole number, such as 2',
      ].join('\n'),
    );
  });

  test('shows a long line around the place', () => {
    const around = 'present or '.repeat(50);

    const [, line = '', carets = ''] = shownProblem(`${around}bogus or ${around}`).split('\n');

    expect(line.length).toBeLessThan(120);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('bogus');
  });

  test('shows control characters, undecodable bytes and wide characters so that carets fit', () => {
    const [head = '', line, carets] = shownProblem('include=写真\u0007\udc80 \u001b[31m').split(
      '\n',
    );

    expect(head).toContain('"␛[31m"');
    expect(line).toBe('  include=写真␇\ufffd ␛[31m');
    expect(carets).toBe('                 ^^^^^');
  });

  function shownProblem(text: string): string {
    const [problem] = problemsOf(text);
    return problem === undefined ? '' : formatProblem(problem);
  }
});

describe('hostile texts', () => {
  test('100,000 parentheses are refused by name', () => {
    expect(problemsOf('('.repeat(100_000))[0]?.code).toBe('BX102');
  });

  test('parentheses and operators nested too deep are refused by name', () => {
    expect(problemsOf('('.repeat(10_000))[0]?.code).toBe('BX102');
    expect(problemsOf('not '.repeat(4000))[0]?.code).toBe('BX102');
    expect(problemsOf('( or '.repeat(3000))[0]?.code).toBe('BX102');
  });

  test('nesting up to the limit is accepted', () => {
    expect(show(treeOf(`${'('.repeat(nestingMax)}present`))).toBe('present');
  });

  test('a long flat expression is accepted', () => {
    expect(parseExpression('present or not unused '.repeat(700)).kind).toBe('expression');
  });

  test('a million characters take no time and no memory', () => {
    const text = 'include=* or '.repeat(80_000);

    const parsed = parseExpression(text);

    expect(parsed.kind).toBe('problems');
    expect(parsed.text.length).toBeLessThan(200);
  });

  test('a text with thousands of problems tells the first hundred, in no time', () => {
    const text = 'bogus '.repeat(2700);
    const startMs = performance.now();

    expect(problemsOf(text).length).toBe(100);
    expect(performance.now() - startMs).toBeLessThan(3000);
  });

  test('control characters and undecodable bytes are part of words', () => {
    const text = 'include=\u0085\udc80* and inbackend=\u0001';

    expect(parseExpression(text).kind).toBe('expression');
    expect(show(treeOf(text))).toBe('(include=\u0085\udc80* and inbackend=\u0001)');
  });
});

function treeOf(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  return parsed.tree;
}

function problemsOf(text: string, dialect?: Dialect): readonly Problem[] {
  const parsed = parseExpression(text, dialect);
  return parsed.kind === 'problems' ? parsed.problems : [];
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code);
}

function show(tree: Expression): string {
  switch (tree.kind) {
    case 'any':
      return 'ANY';
    case 'term':
      return tree.text;
    case 'not':
      return `not ${show(tree.operand)}`;
    default:
      return `(${show(tree.left)} ${tree.kind} ${show(tree.right)})`;
  }
}
