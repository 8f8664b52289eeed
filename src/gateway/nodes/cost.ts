import type { GitConfig } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';

/**
 * The cost of a remote, as git config has it in `annex-cost`.
 * @param usual git-annex's cost of a remote of its kind, for one without a cost that is a number other than 0.
 */
export function costOf(remote: string, config: GitConfig, usual: number): number {
  return Number(config.get(`remote.${remote}.annex-cost`) ?? usual) || usual;
}

/** Orders nodes as clusters do, for a sort: the cheapest first, and of one cost by UUID. */
export function byCost(
  one: { cost: number; uuid: Uuid },
  other: { cost: number; uuid: Uuid },
): number {
  return one.cost - other.cost || (one.uuid < other.uuid ? -1 : 1);
}
