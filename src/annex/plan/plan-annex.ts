import {
  repairRound,
  settle,
  type KeptCopy,
  type RepairMove,
  type RepairScope,
  type Settled,
} from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { PlannedContent, PlannedContents } from './planned-contents.ts';

/** A copy that is to come or go. */
export interface PlannedMove extends RepairMove {
  /** Whom a copy comes from: the cheapest that has one then, a repository itself before all. Of a drop nobody. */
  readonly from: Uuid | undefined;
}

/** What is planned for one content. */
export interface ContentPlan {
  readonly content: PlannedContent;
  readonly moves: readonly PlannedMove[];
  /** Who wants it and has no room for it. */
  readonly full: readonly Uuid[];
  /** Who wants it, and nobody has it. */
  readonly lost: readonly Uuid[];
  readonly kept: readonly KeptCopy[];
  /** When it never comes to rest: how many of the last moves come again and again. */
  readonly cycle: number | undefined;
}

/** How an annex is planned. */
export interface PlanOptions {
  readonly scope: RepairScope;
  /** Lower is nearer; of those that have a content the nearest gives it. */
  readonly costOf: (repository: Uuid) => number;
}

/**
 * What repair would do about each content of an annex, one after the other, each after all moves planned before. A
 * content about which nothing is to be said is `undefined`, so that who counts them can.
 */
export async function* planAnnex(
  contents: PlannedContents,
  { scope, costOf }: PlanOptions,
): AsyncGenerator<readonly (ContentPlan | undefined)[]> {
  for await (const some of contents.all()) {
    yield some.map((content) => {
      const settled = settle(content, content.world, scope);
      const plan = planOf(content, settled, { costOf });
      const bytes = content.key.sizeBytes ?? 0n;
      for (const move of plan?.moves ?? []) contents.sizes.count(move, bytes);
      return plan;
    });
  }
}

/**
 * What repositories want of each content as it is now, each asked by itself as if nothing else moved: what `git annex
 * find` with `--want-get-by` and `--want-drop-by` says of those that lack it and those that have it. Nothing counts
 * as planned.
 */
export async function* wantsInAnnex(
  contents: PlannedContents,
  { scope, costOf }: PlanOptions,
): AsyncGenerator<readonly (ContentPlan | undefined)[]> {
  const { repositories = [], ...how } = scope;
  for await (const some of contents.all()) {
    yield some.map((content) => {
      const rounds = repositories.map((repository) =>
        repairRound(content, content.world, { ...how, repositories: [repository] }),
      );
      const moves = rounds.flatMap(({ gets, drops }) => [
        ...gets.map((repository) => ({ kind: 'get', repository }) as const),
        ...drops.map((repository) => ({ kind: 'drop', repository }) as const),
      ]);
      const last = {
        gets: [],
        drops: [],
        full: rounds.flatMap(({ full }) => full),
        lost: rounds.flatMap(({ lost }) => lost),
        kept: rounds.flatMap(({ kept }) => kept),
      };
      return planOf(content, { kind: 'settled', moves, last }, { costOf, isEachAlone: true });
    });
  }
}

function planOf(
  content: PlannedContent,
  settled: Settled,
  { costOf, isEachAlone = false }: Pick<PlanOptions, 'costOf'> & { readonly isEachAlone?: boolean },
): ContentPlan | undefined {
  const { full, lost, kept } = settled.kind === 'settled' ? settled.last : nothing;
  if (settled.moves.length + full.length + lost.length + kept.length === 0) return undefined;
  const cycle = settled.kind === 'cycle' ? settled.period : undefined;
  const { configuration } = content.world;
  const isLive = (uuid: Uuid): boolean => configuration.repositories.get(uuid)?.trust !== 'dead';
  const { key, keyText } = content;
  const held = new Set(content.world.locations({ key, keyText, file: undefined }).filter(isLive));
  const moves = settled.moves.map((move): PlannedMove => {
    const from = move.kind === 'get' ? cheapest(held, costOf) : undefined;
    if (isEachAlone) return { ...move, from };
    if (move.kind === 'get') held.add(move.repository);
    else held.delete(move.repository);
    return { ...move, from };
  });
  return { content, moves, full, lost, kept, cycle };
}

const nothing = { full: [], lost: [], kept: [] };

function cheapest(held: ReadonlySet<Uuid>, costOf: PlanOptions['costOf']): Uuid | undefined {
  let best: Uuid | undefined;
  for (const uuid of held) if (best === undefined || costOf(uuid) < costOf(best)) best = uuid;
  return best;
}
