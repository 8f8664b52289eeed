import { describe, expect, test } from 'vitest';
import {
  expressionLengthMax,
  isEmpty,
  nestingMax,
  parseExpression,
  problemCodes,
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

const parses = readGoldenLines('parse-errors.jsonl', (line): GoldenParse => JSON.parse(line));

test('accepts and refuses what git-annex does, with its message, in all 240 cases', () => {
  const ours = parses.map(({ expr }) => {
    const parsed = parseExpression(expr);
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
    BX105: { text: 'include=*.flac and lackingcopies=two', at: 'lackingcopies=two' },
    BX106: { text: 'copies=a:b:3', at: 'copies=a:b:3' },
    BX107: { text: 'smallerthan=1zz', at: 'smallerthan=1zz' },
    BX108: { text: 'metadata=.x=1', at: 'metadata=.x=1' },
  };

  test.each(Object.keys(provoking).filter(isProblemCode))('%s is reported where it is', (code) => {
    const { text, at } = provoking[code];
    const [problem] = problemsOf(text);

    expect(problem?.code).toBe(code);
    expect(text.slice(problem?.span.start, problem?.span.end)).toBe(at);
  });

  test('has a fixture', () => {
    expect(Object.keys(provoking)).toEqual(Object.keys(problemCodes));
  });
});

test('reports every bad word, in order', () => {
  const problems = problemsOf('foo copies=x (bar');

  expect(problems.map(({ span }) => span.start)).toEqual([0, 4, 14]);
});

test.each([
  ['anythng', 'did you mean anything?'],
  ['AND', 'write and'],
  ['Include=*', 'write include'],
  ['present=1', 'write present alone'],
])('guesses what %s was meant to be', (text, hint) => {
  expect(problemsOf(text)[0]?.hint).toBe(hint);
});

describe('hostile texts', () => {
  test('100,000 parentheses are refused by name', () => {
    expect(problemsOf('('.repeat(100_000))[0]?.code).toBe('BX101');
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

function problemsOf(text: string): readonly Problem[] {
  const parsed = parseExpression(text);
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
