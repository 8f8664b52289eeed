/** The two questions of spec/expressions.md section 1, and the same of required content. */
import type { Uuid } from '../../units/index.ts';
import { annexOf } from '../world/annex.ts';
import type { Compiled } from '../family/setting.ts';
import { answer, matcherOf, type Matcher } from './matcher.ts';
import { presenceOf } from '../world/question.ts';
import type { Item, World } from '../world/world.ts';

/**
 * Whether the repository wants the content: does its wanted or required expression match, with what
 * is there counted as there? Not whether it has it (spec/expressions.md section 1, wantGet).
 * @param whenUnconfigured the answer when the repository has no expression, or an empty one:
 *   `false` as for `find --want-get` and `get --auto`; uploads to a cluster and `sync --content`
 *   use `true`.
 * Throws {@link RefusedExpressionError}, as the other questions do, when it rests on an expression
 * that is longer or nested deeper than is read here: git-annex would evaluate that, so no answer is
 * right. Cost: one evaluation. Expressions are compiled once for each configuration.
 */
export function wanted(
  repository: Uuid,
  item: Item,
  world: World,
  whenUnconfigured = false,
): boolean {
  return ask('wanted', repository, { item, world, isGone: false }) ?? whenUnconfigured;
}

/**
 * Whether the repository would want the content if it did not have it: the drop question. It may be
 * dropped, as far as preferred content goes, when this is false (spec/expressions.md section 1,
 * wantDrop).
 * @param whenUnconfigured as for {@link wanted}.
 */
export function wouldWantIfAbsent(
  repository: Uuid,
  item: Item,
  world: World,
  whenUnconfigured = false,
): boolean {
  return ask('wanted', repository, { item, world, isGone: true }) ?? whenUnconfigured;
}

/**
 * Whether the required expression alone matches, with what is there counted as there
 * (spec/expressions.md section 9).
 */
export function required(repository: Uuid, item: Item, world: World): boolean {
  return ask('required', repository, { item, world, isGone: false }) ?? false;
}

/**
 * Whether the required expression alone would match if the repository did not have the content:
 * then it must not be dropped (spec/expressions.md section 13).
 */
export function wouldRequireIfAbsent(repository: Uuid, item: Item, world: World): boolean {
  return ask('required', repository, { item, world, isGone: true }) ?? false;
}

interface Asked {
  readonly item: Item;
  readonly world: World;
  readonly isGone: boolean;
}

function ask(
  expression: keyof Matcher,
  repository: Uuid,
  { item, world, isGone }: Asked,
): boolean | undefined {
  const annex = annexOf(world.configuration);
  const compiled: Compiled | undefined = matcherOf(annex, repository)[expression];
  if (compiled === undefined) return undefined;
  const presence = presenceOf(annex, world.locations(item));
  return answer(compiled, { repository, item, world, presence, isGone, isUndecidable: false });
}
