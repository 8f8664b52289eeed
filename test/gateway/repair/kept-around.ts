import { Notices } from '../../../src/gateway/notices/notices.ts';
import { Keeper, RepairReport, type KeeperSettings } from '../../../src/gateway/repair/index.ts';
import type { RepairWalk } from '../../../src/gateway/repair/repair.ts';
import type { Key } from '../../../src/key/index.ts';
import type { Configuration } from '../../../src/placement/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

/** The one cluster that is kept. */
export const cluster = imaginaryUuid(1);
/** A node that is called attic. */
const node = imaginaryUuid(2);

/** A configuration that says nothing, which is not the same object as any other. */
export function newConfiguration(): Configuration {
  return {
    repositories: new Map(),
    groupwanted: new Map(),
    numcopies: undefined,
    mincopies: undefined,
    clusters: new Map(),
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
  };
}

/** What is around a keeper, which a test may change while it runs. */
export interface Around {
  readonly clock: SimulatedClock;
  readonly told: string[];
  readonly missing: Key[];
  configuration: Configuration;
  clusters: ReadonlyMap<typeof cluster, string>;
  /** Whether nobody else has the right to place copies. */
  claim: () => boolean;
}

/** What is around a keeper at first: a cluster, and nobody else. */
export function around(clock = new SimulatedClock()): Around {
  return {
    clock,
    told: [],
    missing: [],
    configuration: newConfiguration(),
    clusters: new Map([[cluster, 'cluster']]),
    claim: () => true,
  };
}

/** A keeper that has begun. @param walked what its walks do, and find. */
export function begun(
  at: Around,
  settings: Partial<KeeperSettings>,
  walked: (walk: RepairWalk) => Promise<RepairReport>,
): Keeper {
  const { clock, told, missing } = at;
  const keeper = new Keeper(
    {
      repair: {
        clusterNames: () => Promise.resolve(at.clusters),
        nodeNames: () => Promise.resolve(new Map([[node, 'attic']])),
        walk: walked,
      },
      clock,
      missing: {
        async *all() {
          await Promise.resolve();
          for (const key of missing) {
            yield { key, cluster, node, sinceSeconds: 0, why: 'unavailable' };
          }
        },
        get counts() {
          return missing.length === 0 ? new Map() : new Map([['n', missing.length]]);
        },
      },
      configuration: () => Promise.resolve(at.configuration),
      claim: () => Promise.resolve(at.claim()),
      notices: new Notices((message) => void told.push(message)),
      warn: (message) => void told.push(message),
    },
    { mode: 'on', bytesPerS: undefined, everyMs: 3_600_000, ...settings },
  );
  keeper.start();
  return keeper;
}

/** Walks that take no time and find what is said, the last of it again and again. */
export function walking(...found: readonly RepairReport[]) {
  const walks: RepairWalk[] = [];
  const walked = (walk: RepairWalk): Promise<RepairReport> => {
    const report = found[Math.min(walks.length, found.length - 1)] ?? new RepairReport();
    walks.push(walk);
    return Promise.resolve(report);
  };
  return { walks, walked };
}
