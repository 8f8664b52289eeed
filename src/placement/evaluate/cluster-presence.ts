import type { Uuid } from '../../units/index.ts';

/** What came of asking the nodes of a cluster whether they have one content. */
export interface AskedNodes {
  readonly nodes: readonly Uuid[];
  /** Whether one of them has said that it has it. */
  readonly isHeld: boolean;
  /** The ones of `nodes` that could not be asked. */
  readonly away: readonly Uuid[];
  /** Repositories that the location log says have it. */
  readonly logged: ReadonlySet<Uuid>;
}

/**
 * Whether a cluster has a content: `held` when a node says so. Else `unknown`, which is an error to who
 * asks, when a node that is logged to have it could not be asked, or none could be. Else `absent`, though
 * others are away: a cluster is no copy, so nobody relies on the absence, and for an error clients would
 * stop every upload.
 */
export function clusterPresence(asked: AskedNodes): 'held' | 'absent' | 'unknown' {
  const { nodes, isHeld, away, logged } = asked;
  if (isHeld) return 'held';
  const mayBeHeld = away.some((uuid) => logged.has(uuid));
  const isNoneAsked = away.length > 0 && away.length === nodes.length;
  return mayBeHeld || isNoneAsked ? 'unknown' : 'absent';
}
