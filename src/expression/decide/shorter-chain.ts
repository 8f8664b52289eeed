/**
 * What a chain of operands can do without. Said of `and`; of `or` with true and false exchanged.
 */
import {
  chainForm,
  constantForm,
  marksOfForms,
  negatedForm,
  type Chain,
  type ChainNames,
  type Form,
} from './forms.ts';
import { implies } from './related-atoms.ts';

/** How many operands are compared each with each; of longer chains only equal ones are left out. */
const comparedOperandsMax = 50;

/**
 * How many leaves an operand may have to be compared by what is in it: the ways to do so grow fast.
 */
const comparedSizeMax = 12;

/** A form with the meaning of a chain, and no more operands. */
export function shorterChain(chain: Chain, names: ChainNames): Form {
  const distinct = distinctOperands(chain, names);
  if (distinct.kind !== chain.kind) return distinct;
  if (distinct.isOrderBound || distinct.operands.length > comparedOperandsMax) return distinct;
  return withoutImplied(distinct, names);
}

/**
 * Without constants and what was there before; what stands behind a `nothing` is never reached.
 * This leaves whatever may stop the evaluation as often reached as it was.
 */
function distinctOperands(chain: Chain, names: ChainNames): Form {
  const kept = new Map<string, Form>();
  const absorbing = constantForm(chain.kind === 'or');
  for (const form of chain.operands) {
    if (form.name === absorbing.name) {
      const isSame = chain.marks === 0 && ![...kept.values()].some((each) => each.isOrderBound);
      if (isSame) return absorbing;
      kept.set(form.name, form);
    } else if (form.kind !== 'constant' && !kept.has(form.name)) kept.set(form.name, form);
  }
  return joined(chain.kind, [...kept.values()], names);
}

function joined(kind: Chain['kind'], operands: readonly Form[], names: ChainNames): Form {
  const [first] = operands;
  if (first === undefined) return constantForm(kind === 'and');
  return operands.length === 1 ? first : chainForm(kind, operands, names);
}

/** Where no order counts: contradictions, and operands that others imply. */
function withoutImplied(chain: Chain, names: ChainNames): Form {
  const { kind, operands } = chain;
  const isContradiction = operands.some((one, index) =>
    operands.slice(index + 1).some((other) => strengthens(kind, one, negatedForm(other))),
  );
  if (isContradiction && chain.marks === 0) return constantForm(kind === 'or');
  const kept = [...operands];
  for (let index = kept.length - 1; index >= 0; index -= 1) {
    const form = kept[index];
    const others = kept.filter((_, at) => at !== index);
    if (form === undefined || !others.some((other) => strengthens(kind, other, form))) continue;
    if (marksOfForms(others) === chain.marks) kept.splice(index, 1);
  }
  return joined(kind, kept, names);
}

/** Whether in a chain of this operator the second adds nothing to the first. */
function strengthens(kind: Chain['kind'], first: Form, second: Form): boolean {
  return kind === 'and' ? entails(first, second) : entails(second, first);
}

/** Whether the second holds wherever the first does, as far as one can see from their operands. */
function entails(first: Form, second: Form): boolean {
  if (first.name === second.name) return true;
  if (first.size > comparedSizeMax || second.size > comparedSizeMax) return false;
  if (first.kind === 'constant') return !first.value;
  if (second.kind === 'constant') return second.value;
  if (first.kind === 'leaf' && second.kind === 'leaf') {
    const { literal: from } = first;
    const { literal: to } = second;
    return from !== undefined && to !== undefined && implies(from, to);
  }
  if (first.kind === 'or') return first.operands.every((each) => entails(each, second));
  if (second.kind === 'and') return second.operands.every((each) => entails(first, each));
  if (first.kind === 'and' && first.operands.some((each) => entails(each, second))) return true;
  return second.kind === 'or' && second.operands.some((each) => entails(first, each));
}
