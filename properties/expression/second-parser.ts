/**
 * The language a second time, as parser combinators, for the properties only: written from the
 * specification without a look at grammar/preferred-content.ohm or src/expression. There tokens are
 * paired and folded in a loop; here every construct is parsed to a function from the tree before it
 * to the tree after it, so that nothing is paired and nothing is inserted.
 */
import {
  alt_sc,
  apply,
  buildLexer,
  expectEOF,
  expectSingleResult,
  kmid,
  kright,
  opt_sc,
  rep_sc,
  rule,
  seq,
  tok,
  type Parser,
  type Token,
} from 'typescript-parsec';
import { isTermWord } from '../../models/term-words.ts';

/** A tree, as models/preferred-content-tree.ts has them too. */
export type Shape =
  | 'ANY'
  | { readonly term: string }
  | readonly ['not', Shape]
  | readonly ['and' | 'or', Shape, Shape];

/** The tree of a text, or where its bad words begin. */
export type SecondParse =
  | { readonly kind: 'tree'; readonly tree: Shape }
  | { readonly kind: 'badWords'; readonly starts: readonly number[] };

type Kind = 'open' | 'close' | 'and' | 'or' | 'not' | 'word' | 'blank';

const blank = '\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
const lexer = buildLexer<Kind>([
  [true, /^\(/g, 'open'],
  [true, /^\)/g, 'close'],
  [true, new RegExp(`^and(?![^()${blank}])`, 'g'), 'and'],
  [true, new RegExp(`^or(?![^()${blank}])`, 'g'), 'or'],
  [true, new RegExp(`^not(?![^()${blank}])`, 'g'), 'not'],
  [true, new RegExp(`^[^()${blank}]+`, 'g'), 'word'],
  [false, new RegExp(`^[${blank}]+`, 'g'), 'blank'],
]);

const token = (kind: Kind): Parser<Kind, Token<Kind>> => tok(kind);

/** What a construct makes of the tree before it. */
type Fold = (before: Shape) => Shape;

const same: Fold = (before) => before;
const and =
  (operand: Fold): Fold =>
  (before) => ['and', before, operand('ANY')];
const or =
  (operand: Fold): Fold =>
  (before) => ['or', before, operand('ANY')];
const andNot =
  (operand: Fold): Fold =>
  (before) => ['and', before, ['not', operand('ANY')]];
const inOrder =
  (folds: readonly Fold[]): Fold =>
  (before) =>
    folds.reduce((tree, fold) => fold(tree), before);

const term: Parser<Kind, Fold> = apply(
  token('word'),
  ({ text }): Fold =>
    (before) => ['and', before, { term: text }],
);

/** An operator and the one step that it takes, if there is one. */
function operation(operand: Parser<Kind, Fold | undefined>): Parser<Kind, Fold> {
  const taken = apply(operand, (fold) => fold ?? same);
  return alt_sc(
    apply(kright(token('and'), taken), and),
    apply(kright(token('or'), taken), or),
    apply(kright(token('not'), taken), andNot),
  );
}

/** Inside parentheses: an inner group goes on from what stands before it. */
const innerStep = rule<Kind, Fold>();
const group = kmid(token('open'), apply(rep_sc(innerStep), inOrder), opt_sc(token('close')));
innerStep.setPattern(alt_sc(term, group, operation(opt_sc(innerStep))));

/** Outside of all parentheses a `)` is nothing, wherever it stands. */
const stray = rep_sc(token('close'));
const outerStep = rule<Kind, Fold>();
outerStep.setPattern(alt_sc(term, group, operation(kright(stray, opt_sc(outerStep)))));

/** Only there an operand that no operator takes is joined to what stands before it. */
const joined = alt_sc(apply(alt_sc(term, group), and), operation(kright(stray, opt_sc(outerStep))));
const outermost = apply(
  seq(kright(stray, opt_sc(outerStep)), rep_sc(kright(stray, joined)), stray),
  ([first, rest]) => inOrder([first ?? same, ...rest]),
);

/** Parses a text as the git-annex of a day does. */
export function secondParse(text: string, day: number): SecondParse {
  const tokens = lexer.parse(text);
  const starts: number[] = [];
  for (let token = tokens; token !== undefined; token = token.next) {
    if (token.kind === 'word' && !isTermWord(token.text, day)) starts.push(token.pos.index);
  }
  if (starts.length > 0) return { kind: 'badWords', starts };
  const fold = expectSingleResult(expectEOF(outermost.parse(tokens)));
  return { kind: 'tree', tree: simplified(fold('ANY')) };
}

/** Spec/expressions.md section 3.4. */
function simplified(tree: Shape): Shape {
  if (tree === 'ANY' || 'term' in tree) return tree;
  if (tree[0] === 'not') return ['not', simplified(tree[1])];
  const [operator, left, right] = tree;
  if (operator === 'and' && left === 'ANY') return simplified(right);
  if (operator === 'and' && right === 'ANY') return simplified(left);
  return [operator, simplified(left), simplified(right)];
}
