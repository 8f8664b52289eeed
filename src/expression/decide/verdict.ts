/**
 * The verdict on an expression from the answers to its questions, in three values: what is not
 * supposed leaves it open where it matters. Unstable terms (spec/expressions.md section 10) and
 * globs that cannot be compiled (spec/expressions.md section 6.4) are part of it.
 */
import { questionOf, type Atom } from './atoms.ts';
import { isUndecidable, mark, marksOf, negatedMarks } from './stability-marks.ts';
import type { Answers } from './suppositions.ts';
import { isEmpty, spineOf, type Expression, type Spine, type Term } from '../terms/tree.ts';

/** `undefined` while it depends on what is not supposed. */
export type Truth = boolean | undefined;

/** What an expression comes to by the answers that are supposed. */
export type Verdict = (answers: Answers) => Truth;

/** Where the atoms of some trees are numbered. */
export interface Numbering {
  /** The index of a question; `says` is what a person calls it. */
  indexOf(atom: Atom, says: string): number;
}

/** What cannot be seen in a tree, and decides about it in a world. */
const unseen = {
  whenEmpty: 'an expression that is empty matches',
  standardUnstable: 'what standard stands for uses unstable terms',
  groupwantedUnstable: 'what groupwanted stands for uses unstable terms',
  groupwantedRefused: 'what groupwanted stands for does not parse',
  groupwantedUndecidable: 'what groupwanted stands for meets a glob that cannot be compiled',
} as const;

/** The verdict on a whole expression, as that of a repository which has no other. */
export function verdictOf(tree: Expression, numbering: Numbering): Verdict {
  const ask = (says: string): Verdict => {
    const index = numbering.indexOf({ name: says, asks: { kind: 'alone', term: says } }, says);
    return (answers) => answers[index];
  };
  if (isEmpty(tree)) return ask(unseen.whenEmpty);
  const marks = marksOf(tree);
  const negated = negatedMarks(marks);
  const usesGroupwanted = holds(marks | negated, mark.groupwanted);
  const isRefused = usesGroupwanted ? ask(unseen.groupwantedRefused) : no;
  const unstable = [
    holds(negated, mark.unstable) ? yes : no,
    holds(negated, mark.standard) ? ask(unseen.standardUnstable) : no,
    holds(negated, mark.groupwanted) ? ask(unseen.groupwantedUnstable) : no,
  ];
  const { evaluate, mayBeUndecidable } = prepare(tree, numbering, ask);
  const present = usesGroupwanted || mayBeUndecidable ? ask('present') : no;
  return (answers) => {
    const refused = isRefused(answers);
    if (refused !== false) return refused === true ? present(answers) : undefined;
    if (unstable.some((isUnstable) => isUnstable(answers) === true)) return false;
    if (unstable.some((isUnstable) => isUnstable(answers) === undefined)) return undefined;
    const outcome = evaluate(answers);
    return outcome === 'undecidable' ? present(answers) : outcome;
  };
}

const yes: Verdict = () => true;
const no: Verdict = () => false;

/** Among those that stand as they are, not under `not`. */
function holds(marks: number, wanted: number): boolean {
  return (marks & wanted) !== 0;
}

/**
 * `undecidable` once a glob is reached that cannot be compiled: nothing that follows matters then.
 */
type Outcome = Truth | 'undecidable';

interface Prepared {
  readonly evaluate: (answers: Answers) => Outcome;
  readonly mayBeUndecidable: boolean;
}

type Ask = (says: string) => Verdict;

function prepare(tree: Expression, numbering: Numbering, ask: Ask): Prepared {
  const { first, joined } = spineOf(tree);
  const head = prepareOperand(first, numbering, ask);
  if (joined.length === 0) return head;
  const parts = joined.map(({ kind, right }) => ({
    isAnd: kind === 'and',
    right: prepare(right, numbering, ask),
  }));
  const mayBeUndecidable =
    head.mayBeUndecidable || parts.some(({ right }) => right.mayBeUndecidable);
  return { mayBeUndecidable, evaluate: (answers) => evaluateChain(head, parts, answers) };
}

interface Part {
  readonly isAnd: boolean;
  readonly right: Prepared;
}

/** Left to right with short circuit, as the evaluator goes (spec/expressions.md section 3.6). */
function evaluateChain(head: Prepared, parts: readonly Part[], answers: Answers): Outcome {
  let outcome = head.evaluate(answers);
  let { mayBeUndecidable } = head;
  for (const { isAnd, right } of parts) {
    if (outcome === 'undecidable') return outcome;
    if (outcome === undefined) {
      // What is not known yet may turn out to end the evaluation here.
      if (mayBeUndecidable) return undefined;
      const value = right.evaluate(answers);
      // False decides an `and` and true an `or`, whatever stands before.
      outcome = value === !isAnd ? value : undefined;
    } else if (outcome === isAnd) outcome = right.evaluate(answers);
    mayBeUndecidable ||= right.mayBeUndecidable;
  }
  return outcome;
}

function prepareOperand(operand: Spine['first'], numbering: Numbering, ask: Ask): Prepared {
  switch (operand.kind) {
    case 'any':
      return { evaluate: yes, mayBeUndecidable: false };
    case 'term':
      return prepareTerm(operand, numbering, ask);
    case 'not': {
      const { evaluate, mayBeUndecidable } = prepare(operand.operand, numbering, ask);
      return { mayBeUndecidable, evaluate: (answers) => negated(evaluate(answers)) };
    }
  }
}

function negated(outcome: Outcome): Outcome {
  return typeof outcome === 'boolean' ? !outcome : outcome;
}

function prepareTerm(term: Term, numbering: Numbering, ask: Ask): Prepared {
  if (isUndecidable(term)) return { evaluate: () => 'undecidable', mayBeUndecidable: true };
  const question = questionOf(term);
  if (question.kind === 'constant') {
    return { evaluate: question.value ? yes : no, mayBeUndecidable: false };
  }
  const { isNegated } = question;
  const index = numbering.indexOf(question.atom, isNegated ? `not ${term.text}` : term.text);
  const value = (answers: Answers): Outcome =>
    isNegated ? negated(answers[index]) : answers[index];
  if (term.name !== 'groupwanted') return { evaluate: value, mayBeUndecidable: false };
  const isStopped = ask(unseen.groupwantedUndecidable);
  return {
    mayBeUndecidable: true,
    evaluate: (answers) => {
      const stopped = isStopped(answers);
      if (stopped === undefined) return undefined;
      return stopped ? 'undecidable' : value(answers);
    },
  };
}
