/**
 * Why an expression matches or does not: the tree that the evaluator walks, walked once more with
 * the facts behind each term. What short circuit leaves unasked is left out. Values come from the
 * same meanings as the evaluator's, which is not slowed down by any of this.
 */
import {
  any,
  isEmpty,
  parseExpression,
  spineOf,
  type Expression,
  type Term,
} from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import type { Facts } from '../family/reason.ts';
import { settingOf, treeOf, type SetTree } from '../evaluate/matcher.ts';
import { meaningOf } from '../evaluate/meanings.ts';
import type { Setting } from '../family/setting.ts';
import { isPresent, presenceOf, type Question } from '../world/question.ts';
import type { RefusedExpressionError } from '../world/refused.ts';
import { stabilityOf } from '../evaluate/stability.ts';
import { isStandIn, stoodFor, type StandIn } from '../world/stood-for.ts';
import type { Item, World } from '../world/world.ts';
import { reasonFor } from './reasons.ts';

/** What can be explained: the questions that an item can be asked about in one repository. */
export type ExplainedQuestion =
  | 'wanted'
  | 'wouldWantIfAbsent'
  | 'required'
  | 'wouldRequireIfAbsent';

/** A part of an expression, with its value. */
export type Explained =
  | { readonly kind: 'any'; readonly value: true }
  | ExplainedTerm
  | { readonly kind: 'not'; readonly value: boolean; readonly operand: Explained }
  | ExplainedRun;

/** What one operator joins, one after the other. */
export interface ExplainedRun {
  readonly kind: 'and' | 'or';
  readonly value: boolean;
  /** The operands that were asked. */
  readonly operands: readonly Explained[];
  /** How many more there are, which could not change the value any more. */
  readonly unasked: number;
}

/** The runs that begin with one another, from the outermost, and what the innermost begins with. */
export function runsOf(explained: Explained): {
  readonly runs: readonly ExplainedRun[];
  readonly first: Exclude<Explained, ExplainedRun>;
} {
  const runs: ExplainedRun[] = [];
  let first = explained;
  while ('operands' in first) {
    runs.push(first);
    const [next] = first.operands;
    if (next === undefined) throw new Error('a run has no operands');
    first = next;
  }
  return { runs, first };
}

/** A term that was asked, with its value and why it has that. */
export interface ExplainedTerm extends Facts {
  readonly kind: 'term';
  readonly name: Term['name'];
  readonly text: string;
  readonly value: boolean;
  /** What `standard` or `groupwanted` stands for, where it is not `present`. */
  readonly standsFor: Explained | undefined;
}

/** Why the answer to a question is what it is. */
export interface Explanation {
  readonly repository: Uuid;
  readonly question: ExplainedQuestion;
  readonly item: Item;
  /**
   * The evaluator's answer; `undefined` when nothing is configured, so that the default of who asks
   * counts, and when an expression is refused, so that there is no answer.
   */
  readonly value: boolean | undefined;
  /** What the answer rests on. */
  readonly rests: 'tree' | 'unset' | 'unparsable' | 'refused' | 'unstable' | 'undecidable';
  /** Why nothing can be answered, where an expression is refused for its length or nesting. */
  readonly refusal: string | undefined;
  /**
   * Texts of unstable terms under an odd number of `not`, the last first as git-annex tells them.
   */
  readonly unstable: readonly string[];
  /** `undefined` when there is no tree. */
  readonly tree: Explained | undefined;
}

/**
 * Explains one answer of {@link wanted}, {@link wouldWantIfAbsent} and the like.
 * Cost: one evaluation, and a pass over the locations for each term asked.
 */
export function explain(
  repository: Uuid,
  item: Item,
  world: World,
  question: ExplainedQuestion,
): Explanation {
  const annex = annexOf(world.configuration);
  const isWanted = question === 'wanted' || question === 'wouldWantIfAbsent';
  const asked: Question = {
    repository,
    item,
    world,
    presence: presenceOf(annex, world.locations(item)),
    isGone: question === 'wouldWantIfAbsent' || question === 'wouldRequireIfAbsent',
    isUndecidable: false,
  };
  const found = treeOf(annex, repository, isWanted ? ['wanted', 'required'] : ['required']);
  return { repository, question, item, ...explainSet(found, annex, asked) };
}

type Outcome = Pick<Explanation, 'value' | 'rests' | 'refusal' | 'unstable' | 'tree'>;

function explainSet(found: SetTree, annex: Annex, question: Question): Outcome {
  const nothing = { refusal: undefined, unstable: [], tree: undefined };
  const refusedBy = ({ message: refusal }: RefusedExpressionError): Outcome => ({
    ...nothing,
    value: undefined,
    rests: 'refused',
    refusal,
  });
  if (found.kind === 'refused') return refusedBy(found.refused);
  if (found.kind === 'unset') return { ...nothing, value: undefined, rests: 'unset' };
  const unparsable: Outcome = { ...nothing, value: isPresent(question), rests: 'unparsable' };
  if (found.kind === 'unparsable') return unparsable;
  const { repository } = question;
  const setting = settingOf(annex, repository);
  const { negated, isUnparsable, refused } = stabilityOf(found.tree, setting);
  if (refused !== undefined) return refusedBy(refused);
  if (isUnparsable) return unparsable;
  const tree = new Walk(annex, question).walk(found.tree, { setting, isInner: false });
  const unstable = [...new Set(negated.map(({ text }) => text).reverse())];
  const shared = { refusal: undefined, unstable, tree };
  if (unstable.length > 0) return { ...shared, value: false, rests: 'unstable' };
  if (question.isUndecidable) {
    return { ...shared, value: isPresent(question), rests: 'undecidable' };
  }
  return { ...shared, value: tree.value, rests: 'tree' };
}

interface Inside {
  readonly setting: Setting;
  /**
   * Inside what `groupwanted` stands for, where that word means `present` (spec/expressions.md
   * section 7).
   */
  readonly isInner: boolean;
}

class Walk {
  readonly #annex: Annex;
  readonly #question: Question;

  constructor(annex: Annex, question: Question) {
    this.#annex = annex;
    this.#question = question;
  }

  walk(tree: Expression, inside: Inside): Explained {
    const { first, joined } = spineOf(tree);
    let left = this.#walkFirst(first, inside);
    let run: { kind: 'and' | 'or'; operands: Explained[]; unasked: number } | undefined;
    const closed = (): Explained =>
      run === undefined ? left : { ...run, value: run.operands.at(-1)?.value ?? true };
    for (const { kind, right } of joined) {
      if (run?.kind !== kind) {
        left = closed();
        run = { kind, operands: [left], unasked: 0 };
      }
      if (run.operands.at(-1)?.value !== (kind === 'and')) run.unasked += 1;
      else run.operands.push(this.walk(right, inside));
    }
    return closed();
  }

  #walkFirst(first: Exclude<Expression, { kind: 'and' | 'or' }>, inside: Inside): Explained {
    switch (first.kind) {
      case 'any':
        return { kind: 'any', value: true };
      case 'not': {
        const operand = this.walk(first.operand, inside);
        return { kind: 'not', value: !operand.value, operand };
      }
      case 'term':
        return this.#walkTerm(first, inside);
    }
  }

  #walkTerm(term: Term, inside: Inside): ExplainedTerm {
    const { name, text } = term;
    const standsFor = isStandIn(term) ? this.#standsFor(term.name, inside) : undefined;
    const value = standsFor?.value ?? this.#valueOf(term, inside.setting);
    const facts = reasonFor(term, { annex: this.#annex, question: this.#question, ...inside });
    return { kind: 'term', name, text, value, standsFor, ...facts };
  }

  #valueOf(term: Term, setting: Setting): boolean {
    // In its own `present` sense: what stands for another expression was walked already.
    if (isStandIn(term)) return isPresent(this.#question);
    return meaningOf(term, setting)(this.#question);
  }

  /** What the word stands for, explained; `undefined` where that is `present`. */
  #standsFor(name: StandIn, { setting, isInner }: Inside): Explained | undefined {
    const { repository } = this.#question;
    if (name === 'groupwanted' && isInner) return undefined;
    const { text } = stoodFor(name, this.#annex, repository);
    const parsed = text === undefined ? undefined : parseExpression(text, this.#annex.dialect);
    if (parsed?.kind !== 'expression') return undefined;
    const tree = isEmpty(parsed.tree) ? any : parsed.tree;
    return this.walk(tree, { setting, isInner: true });
  }
}
