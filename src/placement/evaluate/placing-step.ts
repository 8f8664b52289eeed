import type { Uuid } from '../../units/index.ts';

/** What is decided on some nodes of a cluster, by the location log and by what they want. */
export interface PlacementDecision {
  /** See `Fanout` in placement/. */
  readonly kind: 'store' | 'unwanted' | 'alreadyHeld';
  /** The nodes to store on; none of `alreadyHeld`. */
  readonly nodes: readonly Uuid[];
  /** Nodes that the location log says hold the key, of those that were decided on. */
  readonly holders: readonly Uuid[];
}

/** How far placing one content has come. */
export interface PlacingState {
  /** Nodes of the cluster, cheapest first. */
  readonly cluster: readonly Uuid[];
  /** Whether a key that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
  /** What was decided first, with nobody failed yet. */
  readonly first: PlacementDecision['kind'] | undefined;
  /** Nodes that were to take the content and failed. */
  readonly failed: ReadonlySet<Uuid>;
  /** Nodes that turned out not to hold the key since one failed, whatever the log says. */
  readonly without: ReadonlySet<Uuid>;
  /** Nodes that could not be asked whether they hold it, and are decided without. */
  readonly silent: ReadonlySet<Uuid>;
  readonly decision: PlacementDecision | undefined;
}

/** What is to be done next, by whoever has nodes to do it with. */
export type PlacingAct =
  /** Decide on these nodes, as if those of `without` held nothing; answer `decided`. */
  | { readonly kind: 'decide'; readonly nodes: readonly Uuid[]; readonly without: readonly Uuid[] }
  /** Ask these nodes whether they hold the key; answer `held`. */
  | { readonly kind: 'ask'; readonly nodes: readonly Uuid[] }
  /** Try these nodes, which hold nothing; these holders are sure. Answer `tried`. */
  | { readonly kind: 'try'; readonly nodes: readonly Uuid[]; readonly holders: readonly Uuid[] }
  /** No node wants the key, and such are refused. */
  | { readonly kind: 'refuse' }
  /** All that were tried took it. */
  | { readonly kind: 'settled' };

/** What came of an act. */
export type PlacingAnswer =
  | { readonly kind: 'decided'; readonly decision: PlacementDecision }
  /** Whether each holds it; a node that could not be asked is not in it. */
  | { readonly kind: 'held'; readonly answered: ReadonlyMap<Uuid, boolean> }
  | { readonly kind: 'tried'; readonly failed: readonly Uuid[] };

/** Where placing stands, and what is to be done. */
export interface PlacingStep {
  readonly state: PlacingState;
  readonly act: PlacingAct;
}

/**
 * The first step of placing a content on a cluster.
 *
 * @param cluster.nodes its nodes, cheapest first.
 * @param cluster.refusesUnwanted whether a key that no node wants is refused.
 */
export function beginPlacing(cluster: {
  readonly nodes: readonly Uuid[];
  readonly refusesUnwanted: boolean;
}): PlacingStep {
  return decide({
    cluster: cluster.nodes,
    refusesUnwanted: cluster.refusesUnwanted,
    first: undefined,
    failed: new Set(),
    without: new Set(),
    silent: new Set(),
    decision: undefined,
  });
}

/**
 * What follows from an answer, and nothing else is looked at: no clock, no node, no lock.
 *
 * 1. A decision names holders by the log, which can be wrong: each is asked. A copy that is not there
 *    counts for nothing, least of all for an answer that lets a client drop its own.
 * 2. When one lacks it, or nobody is sure to hold what all is said to be held by, it is decided again
 *    without them. A holder that cannot be asked counts as the log says while another one is sure.
 * 3. The chosen nodes are tried. When some fail, all begins again without those, and what others said
 *    is asked anew, as time has passed. Nodes that failed may be the only ones that want the key: the
 *    rest, which does not want it, is then no place for it.
 *
 * Ends after at most (n + 1)² decisions on n nodes, as each goes without one more.
 *
 * @throws Error for an answer to another act than that which was asked for, and for a decision that names as a
 * holder who was to hold nothing: with such ones it would go on for ever.
 */
export function stepPlacing({ state, act }: PlacingStep, answer: PlacingAnswer): PlacingStep {
  if (act.kind === 'decide' && answer.kind === 'decided') {
    const { decision } = answer;
    if (decision.holders.some((node) => state.without.has(node))) {
      throw new Error('it was to be decided as if a node held nothing that is named as a holder');
    }
    const nodes = inOrder(state, decision.holders);
    const decided = { ...state, decision };
    // Nobody is to be asked: the answer is known.
    if (nodes.length === 0) return judge(decided, nodes, new Map());
    return { state: decided, act: { kind: 'ask', nodes } };
  }
  if (act.kind === 'ask' && answer.kind === 'held') return judge(state, act.nodes, answer.answered);
  if (act.kind === 'try' && answer.kind === 'tried') {
    if (answer.failed.length === 0) return { state, act: { kind: 'settled' } };
    return decide({
      ...state,
      failed: new Set([...state.failed, ...answer.failed]),
      without: new Set(),
      silent: new Set(),
      decision: undefined,
    });
  }
  throw new Error(`${answer.kind} is no answer to ${act.kind}`);
}

function decide(state: PlacingState): PlacingStep {
  const { cluster, failed, silent, without } = state;
  const nodes = cluster.filter((node) => !failed.has(node) && !silent.has(node));
  return { state, act: { kind: 'decide', nodes, without: [...without] } };
}

function judge(
  state: PlacingState,
  asked: readonly Uuid[],
  answered: ReadonlyMap<Uuid, boolean>,
): PlacingStep {
  const { decision } = state;
  if (decision === undefined) throw new Error('nothing is decided yet');
  const holders = asked.filter((node) => answered.get(node) === true);
  const isSure = decision.kind !== 'alreadyHeld' || holders.length > 0;
  const lacking = asked.filter((node) => answered.get(node) === false);
  if (isSure && lacking.length === 0) return tried(state, decision, holders);
  const silent = isSure ? [] : asked.filter((node) => !answered.has(node));
  if (asked.length === 0) throw new Error('what nobody holds is said to be held already');
  return decide({
    ...state,
    without: new Set([...state.without, ...lacking, ...silent]),
    silent: new Set([...state.silent, ...silent]),
    decision: undefined,
  });
}

function tried(
  state: PlacingState,
  decision: PlacementDecision,
  holders: readonly Uuid[],
): PlacingStep {
  const first = state.first ?? decision.kind;
  const known = { ...state, first };
  if (first === 'unwanted' && state.refusesUnwanted) {
    return { state: known, act: { kind: 'refuse' } };
  }
  const isOnlyLeft = first === 'store' && decision.kind === 'unwanted';
  const nodes = isOnlyLeft ? [] : inOrder(state, decision.nodes);
  return { state: known, act: { kind: 'try', nodes, holders } };
}

/** Which of some nodes are the cluster's, cheapest first. */
function inOrder({ cluster }: PlacingState, nodes: readonly Uuid[]): Uuid[] {
  return cluster.filter((node) => nodes.includes(node));
}
