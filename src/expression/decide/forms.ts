/**
 * Expressions as simplifying handles them: flat chains, literals, and what may not be lost of each.
 */
import { questionOf } from './atoms.ts';
import type { Literal } from './related-atoms.ts';
import {
  isUndecidable,
  marksOfTerm,
  negatedMarks,
  type StabilityMarks,
} from './stability-marks.ts';
import type { Expression, Term } from '../terms/tree.ts';

/** An expression as simplifying handles it: a truth value, a term or its negation, a negated chain, or a chain. */
export type Form = Constant | Leaf | Negation | Chain;

interface Common {
  /** Two forms of one name have the same meaning and the same marks. */
  readonly name: string;
  readonly marks: StabilityMarks;
  /** Leaves and constants in it. */
  readonly size: number;
  /**
   * The form may meet a glob that cannot be compiled, which decides everything when it is reached: what
   * is evaluated before it must let it be reached as often as before.
   */
  readonly isOrderBound: boolean;
}

/** What matches always, or never. */
export interface Constant extends Common {
  readonly kind: 'constant';
  readonly value: boolean;
}

/** A term or its negation; `literal` is what it asks, unless nothing can be said of it. */
export interface Leaf extends Common {
  readonly kind: 'leaf';
  readonly tree: Expression;
  readonly literal: Literal | undefined;
}

/** The negation of a chain; that of a term is a {@link Leaf}. */
export interface Negation extends Common {
  readonly kind: 'not';
  readonly operand: Chain;
}

/** Operands that are joined by one operator; none of them is a chain of the same operator. */
export interface Chain extends Common {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Form[];
}

/** The form of what matches always (`true`) or never. */
export function constantForm(value: boolean): Constant {
  return { kind: 'constant', value, name: `${value}`, marks: 0, size: 1, isOrderBound: false };
}

/** The form of one term: a constant where the term asks nothing. */
export function termForm(term: Term): Form {
  const marks = marksOfTerm(term);
  const isBad = isUndecidable(term);
  const isOrderBound = isBad || term.name === 'groupwanted';
  const common = { kind: 'leaf', tree: term, marks, size: 1, isOrderBound } as const;
  if (isBad) return { ...common, name: term.text, literal: undefined };
  const question = questionOf(term);
  if (question.kind === 'constant') return constantForm(question.value);
  return { ...common, name: nameOf(question), literal: question };
}

/** The form that matches where another does not: two negations take each other away. */
export function negatedForm(form: Form): Form {
  const marks = negatedMarks(form.marks);
  const { isOrderBound } = form;
  switch (form.kind) {
    case 'constant':
      return constantForm(!form.value);
    case 'leaf': {
      const { literal } = form;
      const tree: Expression =
        form.tree.kind === 'not' ? form.tree.operand : { kind: 'not', operand: form.tree };
      const negated =
        literal === undefined ? undefined : { ...literal, isNegated: !literal.isNegated };
      const name = negated === undefined ? negatedName(form.name) : nameOf(negated);
      return { kind: 'leaf', name, tree, marks, size: 1, isOrderBound, literal: negated };
    }
    case 'not':
      return form.operand;
    default:
      return {
        kind: 'not',
        name: `${negation}${form.name}`,
        operand: form,
        marks,
        size: form.size,
        isOrderBound,
      };
  }
}

/**
 * Short names for chains: each is made of the names of its operands, so that they would grow
 * without end.
 */
export class ChainNames {
  readonly #numbers = new Map<string, number>();

  /** The name of a chain: one for equal operands in one order, and another for others. */
  nameOf(kind: Chain['kind'], operands: readonly Form[]): string {
    const text = operands.map(({ name }) => name).join(` ${kind} `);
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.#numbers.size));
    return `(${number})`;
  }
}

/** A chain of these, with operands that are chains of the same operator laid flat. */
export function chainForm(
  kind: Chain['kind'],
  operands: readonly Form[],
  names: ChainNames,
): Chain {
  const flat = operands.flatMap((form) => (form.kind === kind ? form.operands : [form]));
  return {
    kind,
    name: names.nameOf(kind, flat),
    operands: flat,
    marks: marksOfForms(flat),
    size: flat.reduce((size, form) => size + form.size, 0),
    isOrderBound: flat.some((form) => form.isOrderBound),
  };
}

/** The marks of a chain of these. */
export function marksOfForms(forms: readonly Form[]): StabilityMarks {
  return forms.reduce((marks, form) => marks | form.marks, 0);
}

/** Goes down the first operands in a loop, since they nest without bound. */
export function treeOfForm(form: Form): Expression {
  const chains: Chain[] = [];
  let first = form;
  while ('operands' in first) {
    chains.push(first);
    const [next] = first.operands;
    if (next === undefined) throw new Error('a chain has no operands');
    first = next;
  }
  let tree = treeOfFirst(first);
  for (const { kind, operands } of chains.reverse()) {
    for (const right of operands.slice(1)) tree = { kind, left: tree, right: treeOfForm(right) };
  }
  return tree;
}

function treeOfFirst(form: Exclude<Form, Chain>): Expression {
  switch (form.kind) {
    case 'constant':
      return constantTerm(form.value);
    case 'leaf':
      return form.tree;
    case 'not':
      return { kind: 'not', operand: treeOfForm(form.operand) };
  }
}

function constantTerm(value: boolean): Term {
  const name = value ? 'anything' : 'nothing';
  return { kind: 'term', name, argument: null, text: name, span: { start: 0, end: 0 } };
}

/** No term begins so: a term holds no blank. */
const negation = 'not ';

function negatedName(name: string): string {
  return name.startsWith(negation) ? name.slice(negation.length) : `${negation}${name}`;
}

function nameOf({ atom, isNegated }: Literal): string {
  return isNegated ? `${negation}${atom.name}` : atom.name;
}
