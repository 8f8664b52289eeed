/**
 * What terms ask, told apart from how they are written: `exclude=a` and `not include=a` are one
 * question, and so are `largerthan=9` and `not smallerthan=10`. How questions depend on one another
 * stands in related-atoms.ts.
 */
import type { BalancedArgument } from '../terms/balanced-arguments.ts';
import type { CopiesOf, CountedGroup, LackingArgument } from '../terms/copies-arguments.ts';
import type { GroupLimit } from '../terms/group-limit.ts';
import { exactJson } from '../print/outline.ts';
import type { TermArguments, TermName } from '../terms/terms.ts';
import type { TermNamed } from '../terms/tree.ts';

/** A question that a world answers with yes or no. Two with one `name` are the same question. */
export interface Atom {
  readonly name: string;
  readonly asks: Asks;
}

/** What related atoms are known by. */
export type Asks =
  /** The key is of unknown size, or smaller than that. Never below 0. */
  | { readonly kind: 'smaller'; readonly bytes: bigint }
  /** At least that many of these repositories have the content; above 0. */
  | { readonly kind: 'copies'; readonly of: Counted; readonly number: bigint }
  /** numcopies, from one of two places, is at least that much above the copies of these. */
  | {
      readonly kind: 'lacking';
      readonly needed: 'lackingcopies' | 'approxlackingcopies';
      readonly of: GroupLimit;
      readonly number: bigint;
    }
  /** Something matches a glob: the path, a url, or a value of the metadata field. */
  | { readonly kind: 'matches'; readonly what: string; readonly glob: string }
  /** Some value of the metadata field compares so. */
  | { readonly kind: 'compares'; readonly what: string }
  | { readonly kind: 'backend'; readonly backend: string }
  /** One answer, that other atoms say nothing of. */
  | { readonly kind: 'alone'; readonly term: string };

/** Repositories that `copies=` counts. */
export type Counted =
  | { readonly kind: 'limit'; readonly limit: GroupLimit }
  | Extract<CopiesOf, { kind: 'trust' }>;

/** What the value of a term is: always the same, or that of an atom or its negation. */
export type AtomQuestion =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly atom: Atom; readonly isNegated: boolean };

/** What the atoms of paths are known by. */
export const path = 'path';

/** What a term asks; one that is not among {@link questions} is known by its name and value alone. */
export function questionOf<N extends TermName>(term: TermNamed<N>): AtomQuestion {
  const question: Questions[N] = questions[term.name];
  if (question !== undefined) return question(term.argument);
  return alone(term.argument === null ? term.name : nameOf(term));
}

type Questions = { readonly [N in TermName]?: (argument: TermArguments[N]) => AtomQuestion };

/** What those terms ask that can be the same as what others ask, or follow from it. */
const questions: Questions = {
  anything: () => constant(true),
  nothing: () => constant(false),
  include: (glob) => ask({ kind: 'matches', what: path, glob: sameGlob(glob.text) }),
  exclude: (glob) => ask({ kind: 'matches', what: path, glob: sameGlob(glob.text) }, true),
  url: (glob) => ask({ kind: 'matches', what: 'url', glob: sameGlob(glob.text) }),
  metadata: (argument) => {
    const { field, test } = argument;
    const what = `metadata ${field}`;
    if (test.kind === 'compares') return alone(exactJson(argument), { kind: 'compares', what });
    return ask({ kind: 'matches', what, glob: sameGlob(test.glob.text) });
  },
  smallerthan: (bytes) => ask(smaller(bytes)),
  largerthan: (bytes) => ask(smaller(bytes + 1n), true),
  copies: ({ of, number }) => {
    if (number <= 0n) return constant(true);
    const counted: Counted = of.kind === 'trust' ? of : { kind: 'limit', limit: limitOf(of) };
    return isNobody(counted) ? constant(false) : ask({ kind: 'copies', of: counted, number });
  },
  lackingcopies: (argument) => lacking('lackingcopies', argument),
  approxlackingcopies: (argument) => lacking('approxlackingcopies', argument),
  inbackend: (backend) => ask({ kind: 'backend', backend }),
  fullybalanced: (argument) => picked('fullybalanced', argument),
  fullysizebalanced: (argument) => picked('fullysizebalanced', argument),
};

function constant(value: boolean): AtomQuestion {
  return { kind: 'constant', value };
}

type LackingAtom = Extract<Asks, { kind: 'lacking' }>;

function lacking(needed: LackingAtom['needed'], { of, number }: LackingArgument): AtomQuestion {
  return ask({ kind: 'lacking', needed, of: limitOf(of), number });
}

/** "N <= 0 picks nobody" (spec/expressions.md section 12.1). */
function picked(name: TermName, argument: BalancedArgument): AtomQuestion {
  const { number } = argument;
  const isNobodyPicked = number.kind === 'fixed' && number.number <= 0n;
  return isNobodyPicked ? constant(false) : alone(nameOf({ name, argument }));
}

function nameOf({
  name,
  argument,
}: {
  readonly name: TermName;
  readonly argument: unknown;
}): string {
  return `${name} ${exactJson(argument)}`;
}

function ask(asks: Asks, isNegated = false): AtomQuestion {
  return { kind: 'atom', atom: { name: exactJson(asks), asks }, isNegated };
}

/** A question known by the term alone, with what relates it to others if anything does. */
function alone(term: string, asks: Asks = { kind: 'alone', term }): AtomQuestion {
  return { kind: 'atom', atom: { name: term, asks }, isNegated: false };
}

/** No size is below 0, so that what is smaller than 0 or less is what is of unknown size. */
function smaller(bytes: bigint): Asks {
  return { kind: 'smaller', bytes: bytes < 0n ? 0n : bytes };
}

/** "`**` is `*`" (spec/expressions.md section 6.3); inside of a bracket it is not. */
function sameGlob(text: string): string {
  return text.includes('[') ? text : text.replaceAll(/\*+/g, '*');
}

/**
 * Everybody and a group are limits too; the order of a limit means nothing (spec/newest.md section
 * 1.2).
 */
function limitOf(of: CountedGroup): GroupLimit {
  switch (of.kind) {
    case 'anybody':
      return { included: [], excluded: [] };
    case 'group':
      return { included: [of.group], excluded: [] };
    case 'limit':
      return {
        included: of.limit.included.toSorted(),
        excluded: of.limit.excluded.toSorted(),
      };
  }
}

/**
 * "Dead ones never count" (spec/expressions.md section 6.5); nobody is in a group and not in it.
 */
function isNobody(counted: Counted): boolean {
  if (counted.kind === 'trust') return counted.level === 'dead' && !counted.orHigher;
  const { included, excluded } = counted.limit;
  return included.length > 0 && included.every((group) => excluded.includes(group));
}
