/**
 * Which expression of a repository is evaluated, and what it stands for (spec/expressions.md
 * sections 7 and 9).
 */
import { any, isEmpty, parseExpression, type Expression } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { compile, presentCompiled, refusedCompiled } from './compile.ts';
import type { Compiled, Setting } from '../family/setting.ts';
import { isPresent, type Question } from '../world/question.ts';
import { RefusedExpressionError, refusalOf } from '../world/refused.ts';
import { groupwantedOf, standardOf } from '../world/stood-for.ts';

/**
 * The expressions of one repository, ready; `undefined` where none is configured or it is empty.
 */
export interface Matcher {
  /** Wanted and required content as one tree. */
  readonly wanted: Compiled | undefined;
  /** Required content alone, which is what a drop is refused by. */
  readonly required: Compiled | undefined;
}

const matchers = new WeakMap<Annex, Map<Uuid, Matcher>>();

/** The matcher of a repository; compiled when first asked for. */
export function matcherOf(annex: Annex, repository: Uuid): Matcher {
  let known = matchers.get(annex);
  if (known === undefined) matchers.set(annex, (known = new Map<Uuid, Matcher>()));
  let matcher = known.get(repository);
  if (matcher === undefined) known.set(repository, (matcher = makeMatcher(annex, repository)));
  return matcher;
}

/**
 * The answer of a compiled expression. One that uses unstable terms under `not` matches nothing
 * (spec/expressions.md section 10); one that met a glob which cannot be compiled means `present`.
 */
export function answer({ isUnstable, operand }: Compiled, question: Question): boolean {
  if (isUnstable) return false;
  const matches = operand(question);
  return question.isUndecidable ? isPresent(question) : matches;
}

/** The tree of one repository's expressions of these kinds, for who explains or checks it. */
export function treeOf(annex: Annex, repository: Uuid, kinds: readonly SetKind[]): SetTree {
  const settings = annex.settings(repository);
  const trees: Expression[] = [];
  let refused: RefusedExpressionError | undefined;
  let isUnparsable = false;
  for (const kind of kinds) {
    const text = settings[kind];
    if (text === undefined) continue;
    const parsed = parseExpression(text, annex.dialect);
    const refusal = refusalOf(parsed);
    if (refusal !== undefined) {
      refused ??= new RefusedExpressionError(`${kind} of ${repository}`, refusal);
    } else if (parsed.kind === 'problems') isUnparsable = true;
    else if (!isEmpty(parsed.tree)) trees.push(parsed.tree);
  }
  if (isUnparsable) return { kind: 'unparsable' };
  if (refused !== undefined) return { kind: 'refused', refused };
  const [first, second] = trees;
  if (first === undefined) return { kind: 'unset' };
  return {
    kind: 'tree',
    tree: second === undefined ? first : { kind: 'or', left: first, right: second },
  };
}

/** The expressions that a repository can have of its own. */
export type SetKind = 'wanted' | 'required';

/** What the expressions that are set come to. */
export type SetTree =
  | { readonly kind: 'tree'; readonly tree: Expression }
  /** None is set, or only empty ones are. */
  | { readonly kind: 'unset' }
  /** One of them does not parse: all together mean `present` (spec/expressions.md section 9). */
  | { readonly kind: 'unparsable' }
  /** One of them is beyond a limit that git-annex does not have, and all others parse. */
  | { readonly kind: 'refused'; readonly refused: RefusedExpressionError };

function makeMatcher(annex: Annex, repository: Uuid): Matcher {
  const setting = settingOf(annex, repository);
  return {
    wanted: compileSet(['wanted', 'required'], setting),
    required: compileSet(['required'], setting),
  };
}

/**
 * The expressions that are set, joined by `or`; empty ones count as not set. "If any of the set
 * ones does not parse: the whole thing means `present`" (spec/expressions.md section 9).
 */
function compileSet(kinds: readonly SetKind[], setting: Setting): Compiled | undefined {
  const found = treeOf(setting.annex, setting.repository, kinds);
  switch (found.kind) {
    case 'unset':
      return undefined;
    case 'unparsable':
      return presentCompiled;
    case 'refused':
      return refusedCompiled(found.refused);
    case 'tree':
      return compile(found.tree, setting) ?? presentCompiled;
  }
}

/** Where the expressions of a repository are compiled. */
export function settingOf(annex: Annex, repository: Uuid): Setting {
  const standard = lazily(() => compileStandard(annex, repository));
  const groupwanted = lazily(() =>
    compileGroupwanted(annex, {
      annex,
      repository,
      // "Inside a groupwanted expression `groupwanted` means `present`" (spec/expressions.md
      // section 7).
      standFor: (name) => (name === 'standard' ? standard() : presentCompiled),
    }),
  );
  return {
    annex,
    repository,
    standFor: (name) => (name === 'standard' ? standard() : groupwanted()),
  };
}

/** "Of U's groups, those in the table. If there is exactly one, its expression." */
function compileStandard(annex: Annex, repository: Uuid): Compiled | undefined {
  const { text } = standardOf(annex, repository);
  if (text === undefined) return presentCompiled;
  const inner: Setting = { annex, repository, standFor: () => presentCompiled };
  const parsed = parseExpression(text, annex.dialect);
  return parsed.kind === 'problems' ? undefined : compile(parsed.tree, inner);
}

/** What stands in the entry of the one group that has one; an empty expression is true. */
function compileGroupwanted(annex: Annex, inner: Setting): Compiled | undefined {
  const { groups, text } = groupwantedOf(annex, inner.repository);
  if (text === undefined) return presentCompiled;
  const parsed = parseExpression(text, annex.dialect);
  const refusal = refusalOf(parsed);
  if (refusal !== undefined) {
    return refusedCompiled(
      new RefusedExpressionError(`groupwanted of ${groups.join(', ')}`, refusal),
    );
  }
  if (parsed.kind === 'problems') return undefined;
  return compile(isEmpty(parsed.tree) ? any : parsed.tree, inner);
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
