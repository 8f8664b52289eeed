import {
  planAnnex,
  PlannedContents,
  type OpenAnnex,
  type PlannedContent,
} from '../../annex/index.ts';
import type { Clock } from '../../clock/index.ts';
import { settle, type Configuration, type RepairScope } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { ConfiguredCluster } from '../stores/served-cluster.ts';
import type { ServedStores } from '../stores/served-stores.ts';
import { servedClusters, type TopologySources } from '../topology/topology.ts';
import { eachAtOnce } from './at-once.ts';
import { ContentRepair } from './content-repair.ts';
import { Pace } from './pace.ts';
import { proofBy } from './proved-copies.ts';
import type { RepairDealings } from './repaired-cluster.ts';
import { RepairReport, tally } from './repair-report.ts';
import { RepairTrails } from './trails.ts';

/** What walks need of the gateway. */
export interface RepairParts extends RepairDealings {
  readonly stores: ServedStores;
  readonly clock: Clock;
  readonly topology: () => Promise<TopologySources>;
  readonly configuration: () => Promise<Configuration>;
  /** Opens what all contents are read from. */
  readonly openAnnex: () => Promise<OpenAnnex>;
}

/** A walk through all contents. */
export interface RepairWalk {
  /** Whether anything is done, or only told. */
  readonly isDry: boolean;
  /** Only these clusters. Default: all that are served. */
  readonly clusters?: ReadonlySet<Uuid> | undefined;
  /** Only these keys. Default: all. */
  readonly keys?: ReadonlySet<string> | undefined;
  /** Whether balanced terms have the meaning that git-annex's `--rebalance` gives them. */
  readonly rebalance: boolean;
  /** Most bytes a second that are copied; `undefined`: as fast as it goes. */
  readonly bytesPerS: number | undefined;
  /** Contents that are repaired at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Told now and then how far it is. */
  readonly progress?: (report: RepairReport) => void;
  /** Waits while others go first. Default: nobody does. */
  readonly yielding?: () => Promise<void>;
}

/** Has the clusters of a gateway keep what their expressions say. */
export class Repair {
  readonly #parts: RepairParts;
  readonly #trails = new RepairTrails();

  constructor(parts: RepairParts) {
    this.#parts = parts;
  }

  /** The clusters that are repaired, by what they are called. */
  async clusterNames(): Promise<ReadonlyMap<Uuid, string>> {
    const clusters = servedClusters(await this.#parts.topology());
    return new Map(clusters.map(({ uuid, name }) => [uuid, name]));
  }

  /** What nodes are called. */
  async nodeNames(): Promise<ReadonlyMap<Uuid, string>> {
    return (await this.#parts.topology()).proxied;
  }

  /**
   * Walks through all contents once. What is found to be moved is moved one content after the other, `jobs` at once,
   * each decided anew on what is so by then.
   *
   * @throws the signal's reason; PLACEMENT_BUSY; what reading the branch throws.
   */
  async walk(walk: RepairWalk): Promise<RepairReport> {
    const { topology, stores, openAnnex } = this.#parts;
    const sources = await topology();
    const settings = servedClusters(sources).filter(
      ({ uuid }) => walk.clusters === undefined || walk.clusters.has(uuid),
    );
    const clusters = await Promise.all(settings.map((each) => stores.configured(each)));
    const report = new RepairReport();
    if (clusters.length === 0) return report;
    const configured = await this.#parts.configuration();
    this.#trails.by(configured);
    const configuration = { ...configured, rebalance: walk.rebalance };
    const scope = scopeOf(clusters, stores.ownNode().uuid);
    const asked = clusters.flatMap(({ nodes }) => nodes.map(({ uuid }) => uuid));
    const annex = await openAnnex();
    try {
      const contents = await PlannedContents.open(annex, { configuration, asked });
      await (walk.isDry
        ? this.#tell(contents, scope, walk, report)
        : this.#act(contents, { clusters, scope }, walk, report));
    } finally {
      await annex.close();
    }
    return report;
  }

  async #tell(
    contents: PlannedContents,
    scope: RepairScope,
    walk: RepairWalk,
    report: RepairReport,
  ): Promise<void> {
    for await (const plans of planAnnex(contents, { scope, costOf: () => 0 })) {
      walk.signal.throwIfAborted();
      report.contents += plans.length;
      for (const plan of plans) {
        if (plan === undefined || walk.keys?.has(plan.content.keyText) === false) continue;
        const bytes = plan.content.key.sizeBytes ?? 0n;
        if (plan.cycle !== undefined) {
          report.cycle(plan.content.keyText, plan.moves.slice(-plan.cycle));
          continue;
        }
        for (const { kind } of plan.moves) {
          tally(kind === 'get' ? report.gets : report.drops, 1, bytes);
        }
        const { full, lost, kept } = plan;
        report.rest({ gets: [], drops: [], full, lost, kept }, bytes);
      }
      walk.progress?.(report);
      await walk.yielding?.();
    }
  }

  async #act(
    contents: PlannedContents,
    of: { readonly clusters: readonly ConfiguredCluster[]; readonly scope: RepairScope },
    walk: RepairWalk,
    report: RepairReport,
  ): Promise<void> {
    const { rebalance, signal, jobs } = walk;
    const pace = new Pace(this.#parts.clock, walk.bytesPerS);
    const manner = { rebalance, signal, pace };
    const repairs = of.clusters.map((each) => new ContentRepair(each, this.#parts, manner));
    const { clock } = this.#parts;
    const found = toRepair(contents, { scope: of.scope, trails: this.#trails }, walk, report);
    await eachAtOnce(found, jobs, async (content) => {
      const beganMs = clock.steadyMs();
      await walk.yielding?.();
      for (const repair of repairs) await this.#repair(repair, content, report);
      report.movingMs += clock.steadyMs() - beganMs;
      walk.progress?.(report);
    });
  }

  async #repair(
    repair: ContentRepair,
    content: PlannedContent,
    report: RepairReport,
  ): Promise<void> {
    const bytes = content.key.sizeBytes ?? 0n;
    const repaired = await repair.repair(content);
    tally(report.gets, repaired.gets, bytes);
    tally(report.drops, repaired.drops, bytes);
    if (repaired.before !== repaired.after) report.changed += 1;
    if (repaired.end === 'cycle' || this.#trails.isBack(content.keyText, repaired)) {
      report.cycle(content.keyText, repaired.circle);
      return;
    }
    if (repaired.end === 'left') report.leave(repaired.last, bytes);
    report.rest(repaired.last, bytes);
  }
}

/** @param own the gateway's repository, which may give contents too. Others are not asked here. */
function scopeOf(clusters: readonly ConfiguredCluster[], own: Uuid): RepairScope {
  const nodes = clusters.flatMap((cluster) => cluster.nodes);
  const proofs = new Map(nodes.map((node) => [node.uuid, proofBy(node)]));
  proofs.set(own, proofBy(undefined));
  return {
    canGive: (repository) => proofs.has(repository),
    proof: (repository) => proofs.get(repository),
    clusters: new Map(
      clusters.map(({ uuid, nodes }) => [
        uuid,
        nodes
          .filter(({ readOnly }) => readOnly === undefined)
          .map(({ uuid: node, cost }) => ({ uuid: node, cost })),
      ]),
    ),
  };
}

/** Contents about which something is to be done, as things were when the walk began. */
async function* toRepair(
  contents: PlannedContents,
  { scope, trails }: { readonly scope: RepairScope; readonly trails: RepairTrails },
  walk: RepairWalk,
  report: RepairReport,
): AsyncGenerator<PlannedContent> {
  for await (const some of contents.all()) {
    walk.signal.throwIfAborted();
    for (const content of some) {
      report.contents += 1;
      if (walk.keys?.has(content.keyText) === false) continue;
      const settled = settle(content, content.world, scope);
      if (settled.kind === 'cycle') {
        report.cycle(content.keyText, settled.moves.slice(-settled.period));
      } else if (settled.moves.length === 0) {
        report.rest(settled.last, content.key.sizeBytes ?? 0n);
      } else if (trails.isStopped(content.keyText)) report.cycle(content.keyText, []);
      else yield content;
    }
    walk.progress?.(report);
  }
}
