import { serializeKey, type Key } from '../../../src/key/index.ts';
import { Notices } from '../../../src/gateway/notices/notices.ts';
import { Keeper, RepairReport, type KeeperSettings } from '../../../src/gateway/repair/index.ts';
import type { RepairWalk } from '../../../src/gateway/repair/repair.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import type { Configuration } from '../../../src/placement/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

/** The one that is kept. */
export const cluster = imaginaryUuid(1);

/** What the keeper goes by at first. */
export const configuration: Configuration = {
  repositories: new Map(),
  groupwanted: new Map(),
  numcopies: undefined,
  mincopies: undefined,
  clusters: new Map(),
  fullyBalancedThresholdPercent: 90,
  rebalance: false,
};

/** A keeper, with what its walks do and what it tells. */
export function keeperOf(
  settings: Partial<KeeperSettings>,
  walked: (walk: RepairWalk) => Promise<void>,
) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const walks: RepairWalk[] = [];
  const reports: RepairReport[] = [];
  const parts = { hasClaim: true, configuration, clusters: new Map([[cluster, 'cluster']]) };
  const missing: Key[] = [];
  const notices = new Notices((message) => void told.push(message));
  const keeper = new Keeper(
    {
      repair: {
        clusterNames: () => Promise.resolve(parts.clusters),
        nodeNames: () => Promise.resolve(new Map([[cluster, 'node1']])),
        walk: async (walk) => {
          walks.push(walk);
          await walked(walk);
          return reports.shift() ?? new RepairReport();
        },
      },
      clock,
      missing: {
        async *all() {
          await Promise.resolve();
          for (const key of missing) {
            yield { key, cluster, node: cluster, sinceSeconds: 0, why: 'unavailable' };
          }
        },
        get counts() {
          return new Map(missing.map((key) => [serializeKey(key), 1]));
        },
      },
      configuration: () => Promise.resolve(parts.configuration),
      claim: () => Promise.resolve(parts.hasClaim),
      notices,
      warn: (message) => void told.push(message),
    },
    { mode: 'on', bytesPerS: undefined, everyMs: 3_600_000, ...settings },
  );
  keeper.start();
  return { keeper, clock, told, walks, reports, parts, missing, notices };
}
