import type { ContentPlan } from '../../annex/index.ts';
import type { Uuid } from '../../units/index.ts';

/** Files and bytes that are summed up. */
export interface Total {
  contents: number;
  bytes: bigint;
}

/** What a whole plan comes to. */
export class PlanTotals {
  contents = 0;
  /** Contents that never come to rest. */
  cycles = 0;
  /** What each repository gets, by whom it comes from; and what it drops. */
  readonly #gets = new Map<Uuid, Map<Uuid, Total>>();
  readonly #drops = new Map<Uuid, Total>();
  readonly #others = { full: new Map(), lost: new Map(), kept: new Map() } satisfies Record<
    string,
    Map<Uuid, Total>
  >;

  /** Counts a content that was looked at, and what is planned for it. */
  count(plan: ContentPlan | undefined): void {
    this.contents += 1;
    if (plan === undefined) return;
    const bytes = plan.content.key.sizeBytes ?? 0n;
    if (plan.cycle !== undefined) this.cycles += 1;
    for (const { kind, repository, from = repository } of plan.moves) {
      if (kind === 'drop') add(this.#drops, repository, bytes);
      else add(sourcesOf(this.#gets, repository), from, bytes);
    }
    for (const uuid of plan.full) add(this.#others.full, uuid, bytes);
    for (const uuid of plan.lost) add(this.#others.lost, uuid, bytes);
    for (const { repository } of plan.kept) add(this.#others.kept, repository, bytes);
  }

  /** How many copies come and go, in all. */
  get moves(): number {
    return [...this.rows()]
      .filter(({ kind }) => kind === 'get' || kind === 'drop')
      .reduce((sum, { total }) => sum + total.contents, 0);
  }

  /** Each kind of move of each repository: of gets by source. */
  *rows(): Generator<{
    readonly kind: 'get' | 'drop' | 'full' | 'lost' | 'kept';
    readonly repository: Uuid;
    readonly from?: Uuid;
    readonly total: Total;
  }> {
    for (const [repository, sources] of this.#gets) {
      for (const [from, total] of sources) yield { kind: 'get', repository, from, total };
    }
    for (const [repository, total] of this.#drops) yield { kind: 'drop', repository, total };
    for (const kind of ['full', 'lost', 'kept'] as const) {
      for (const [repository, total] of this.#others[kind]) yield { kind, repository, total };
    }
  }
}

function sourcesOf(gets: Map<Uuid, Map<Uuid, Total>>, repository: Uuid): Map<Uuid, Total> {
  const known = gets.get(repository);
  if (known !== undefined) return known;
  const made = new Map<Uuid, Total>();
  gets.set(repository, made);
  return made;
}

function add(totals: Map<Uuid, Total>, uuid: Uuid, bytes: bigint): void {
  const total = totals.get(uuid);
  if (total === undefined) totals.set(uuid, { contents: 1, bytes });
  else {
    total.contents += 1;
    total.bytes += bytes;
  }
}
