import { spineOf, terms, type Expression, type Term } from '../expression/index.ts';
import { meaningOf, type Compiled, type Setting } from './meanings.ts';
import { isPresent, type Operand } from './question.ts';

/** What stands in for an expression that is missing or does not parse: "present: what is there stays". */
export const presentCompiled: Compiled = {
  operand: isPresent,
  hasUnstable: true,
  isUnstable: false,
};

/**
 * An expression made ready, or `undefined` when it uses a `groupwanted` that does not parse
 * (spec/expressions.md section 7).
 */
export function compile(tree: Expression, setting: Setting): Compiled | undefined {
  const survey = { hasUnstable: false, isUnstable: false, hasUnparsable: false };
  surveyTree(tree, { setting, isNegated: false, survey });
  if (survey.hasUnparsable) return undefined;
  const { hasUnstable, isUnstable } = survey;
  return { operand: compileTree(tree, setting), hasUnstable, isUnstable };
}

function compileTree(tree: Expression, setting: Setting): Operand {
  const { first, joined } = spineOf(tree);
  const head = compileOperand(first, setting);
  const rights = joined.map(({ right }) => compileTree(right, setting));
  const ands = joined.map(({ kind }) => kind === 'and');
  const [right] = rights;
  if (right === undefined) return head;
  if (rights.length > 1) return chain(head, rights, ands);
  return ands[0] === true
    ? (question) => head(question) && right(question)
    : (question) => head(question) || right(question);
}

/** Left to right, with short circuit at each step (section 3.6). */
function chain(head: Operand, rights: readonly Operand[], ands: readonly boolean[]): Operand {
  return (question) => {
    let value = head(question);
    for (let index = 0; index < rights.length; index += 1) {
      if (value === ands[index]) value = rights[index]?.(question) ?? value;
    }
    return value;
  };
}

function compileOperand(
  operand: Exclude<Expression, { kind: 'and' | 'or' }>,
  setting: Setting,
): Operand {
  switch (operand.kind) {
    case 'any':
      return () => true;
    case 'term':
      return meaningOf(operand, setting);
    case 'not': {
      const inner = compileTree(operand.operand, setting);
      return (question) => !inner(question);
    }
  }
}

interface Survey {
  hasUnstable: boolean;
  isUnstable: boolean;
  hasUnparsable: boolean;
}

interface Surveying {
  readonly setting: Setting;
  /** Under an odd number of `not`. */
  readonly isNegated: boolean;
  readonly survey: Survey;
}

/**
 * Looks through the whole tree for unstable operands (section 10). What `standard` and `groupwanted`
 * stand for is one operand: unstable when anything in it is, negated there or not.
 */
function surveyTree(tree: Expression, surveying: Surveying): void {
  const { first, joined } = spineOf(tree);
  for (const { right } of joined) surveyTree(right, surveying);
  if (first.kind === 'not') {
    surveyTree(first.operand, { ...surveying, isNegated: !surveying.isNegated });
  } else if (first.kind === 'term') surveyTerm(first, surveying);
}

function surveyTerm(term: Term, { setting, isNegated, survey }: Surveying): void {
  let isUnstable = terms[term.name].stability === 'unstable';
  if (term.name === 'standard' || term.name === 'groupwanted') {
    const stoodFor = setting.standFor(term.name);
    if (stoodFor === undefined) survey.hasUnparsable = true;
    isUnstable = stoodFor?.hasUnstable ?? true;
  }
  if (isUnstable) survey.hasUnstable = true;
  if (isUnstable && isNegated) survey.isUnstable = true;
}
