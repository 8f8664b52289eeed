import {
  formatProblem,
  isAlways,
  parseExpression,
  printExpression,
  simplifyExpression,
  subsumes,
  termsIn,
  type Decision,
  type Expression,
} from 'ballast/expression';

function read(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.tree;
}

const tree = read('include=*.flac and not not copies=archive:2');
const printed: string = printExpression(simplifyExpression(tree));
const decision: Decision = subsumes(read('copies=1'), read('copies=2'));
const names = termsIn(tree).map(({ term }) => term.name);
if (
  printed !== 'include=*.flac and copies=archive:2' ||
  decision.kind !== 'proved' ||
  isAlways(tree).kind !== 'notProved' ||
  names.join(' ') !== 'include copies'
)
  throw new Error(`ballast/expression is not what it says: ${printed} ${names.join(' ')}`);
