/** What becomes of one content when repair is done with it: round after round until nothing is left to do. */
import type { Uuid } from '../../units/index.ts';
import { worldAfter } from '../world/world-after.ts';
import type { World } from '../world/world.ts';
import { repairRound, type RepairedContent, type RepairRound, type RepairScope } from './round.ts';

/** One copy that comes or goes. */
export interface RepairMove {
  readonly kind: 'get' | 'drop';
  readonly repository: Uuid;
}

/** Where repair of one content leads. */
export type Settled =
  /** Nothing is left to do after the moves; `last` says who is full, and what has to stay. */
  | { readonly kind: 'settled'; readonly moves: readonly RepairMove[]; readonly last: RepairRound }
  /** After the moves the last `period` of them come again and again. */
  | { readonly kind: 'cycle'; readonly moves: readonly RepairMove[]; readonly period: number };

/**
 * Follows repair of one content while all other contents stay where they are. It ends for any expressions: once the
 * content is where it was before, it goes round in a circle.
 */
export function settle(content: RepairedContent, world: World, scope: RepairScope): Settled {
  const first = repairRound(content, world, scope);
  // So it is with most contents.
  if (isRest(first)) return { kind: 'settled', moves: [], last: first };
  const { key, keyText } = content;
  const item = { key, keyText, file: undefined };
  const begun = new Set(world.locations(item));
  const held = new Set(begun);
  const moves: RepairMove[] = [];
  const seen = new Map([[stateOf(held), 0]]);
  let round = first;
  for (;;) {
    for (const repository of round.gets) {
      held.add(repository);
      moves.push({ kind: 'get', repository });
    }
    for (const repository of round.drops) {
      held.delete(repository);
      moves.push({ kind: 'drop', repository });
    }
    const state = stateOf(held);
    const since = seen.get(state);
    if (since !== undefined) return { kind: 'cycle', moves, period: moves.length - since };
    seen.set(state, moves.length);
    const getting = [...held].filter((uuid) => !begun.has(uuid));
    const dropping = [...begun].filter((uuid) => !held.has(uuid));
    round = repairRound(content, worldAfter(world, item, getting, dropping), scope);
    if (isRest(round)) return { kind: 'settled', moves, last: round };
  }
}

function isRest({ gets, drops }: RepairRound): boolean {
  return gets.length + drops.length === 0;
}

function stateOf(held: ReadonlySet<Uuid>): string {
  return [...held].toSorted().join(' ');
}
