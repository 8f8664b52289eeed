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
  const { key, keyText } = content;
  const item = { key, keyText, file: undefined };
  const begun = new Set(world.locations(item));
  const held = new Set(begun);
  const moves: RepairMove[] = [];
  const seen = new Map([[stateOf(held), 0]]);
  for (;;) {
    const getting = [...held].filter((uuid) => !begun.has(uuid));
    const dropping = [...begun].filter((uuid) => !held.has(uuid));
    const now = moves.length === 0 ? world : worldAfter(world, item, getting, dropping);
    const last = repairRound(content, now, scope);
    if (last.gets.length + last.drops.length === 0) return { kind: 'settled', moves, last };
    for (const repository of last.gets) held.add(repository);
    for (const repository of last.drops) held.delete(repository);
    moves.push(...last.gets.map((repository) => ({ kind: 'get', repository }) as const));
    moves.push(...last.drops.map((repository) => ({ kind: 'drop', repository }) as const));
    const state = stateOf(held);
    const since = seen.get(state);
    if (since !== undefined) return { kind: 'cycle', moves, period: moves.length - since };
    seen.set(state, moves.length);
  }
}

function stateOf(held: ReadonlySet<Uuid>): string {
  return [...held].toSorted().join(' ');
}
