import type { Uuid } from '../../units/index.ts';

/** Orders nodes as clusters do, for a sort: the cheapest first, and of one cost by UUID. */
export function byCost(
  one: { cost: number; uuid: Uuid },
  other: { cost: number; uuid: Uuid },
): number {
  return one.cost - other.cost || (one.uuid < other.uuid ? -1 : 1);
}
