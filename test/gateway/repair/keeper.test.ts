import { expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { newContent } from '../annex-requests.ts';
import { Notices } from '../../../src/gateway/notices/notices.ts';
import { Keeper, RepairReport, type KeeperSettings } from '../../../src/gateway/repair/index.ts';
import type { RepairWalk } from '../../../src/gateway/repair/repair.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import type { Configuration } from '../../../src/placement/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const cluster = imaginaryUuid(1);

const configuration: Configuration = {
  repositories: new Map(),
  groupwanted: new Map(),
  numcopies: undefined,
  mincopies: undefined,
  clusters: new Map(),
  fullyBalancedThresholdPercent: 90,
  rebalance: false,
};

/** A keeper, with what its walks do and what it tells. */
function keeperOf(settings: Partial<KeeperSettings>, walked: (walk: RepairWalk) => Promise<void>) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const walks: RepairWalk[] = [];
  const reports: RepairReport[] = [];
  const parts = { hasClaim: true };
  const missing: Key[] = [];
  const keeper = new Keeper(
    {
      repair: {
        clusterNames: () => Promise.resolve(new Map([[cluster, 'cluster']])),
        nodeNames: () => Promise.resolve(new Map()),
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
      configuration: () => Promise.resolve(configuration),
      claim: () => Promise.resolve(parts.hasClaim),
      notices: new Notices((message) => void told.push(message)),
      warn: (message) => void told.push(message),
    },
    { mode: 'on', bytesPerS: undefined, everyMs: 3_600_000, ...settings },
  );
  keeper.start();
  return { keeper, clock, told, walks, reports, parts, missing };
}

const nothing = (): Promise<void> => Promise.resolve();

it('does nothing when it is off', async () => {
  const { clock, walks } = keeperOf({ mode: 'off' }, nothing);
  await clock.pass(7_200_000);
  expect(walks).toEqual([]);
});

it('looks through all some time after the start, and every so often', async () => {
  const { keeper, clock, walks } = keeperOf({ mode: 'dry' }, nothing);
  await clock.pass(59_000);
  expect(walks).toEqual([]);
  await clock.pass(1000);
  expect(walks).toMatchObject([{ isDry: true, keys: undefined }]);
  await clock.pass(3_590_000);
  expect(walks).toHaveLength(1);
  await clock.pass(20_000);
  expect(walks).toHaveLength(2);
  await keeper.close();
});

it('leaves all to who has the right to place', async () => {
  const { keeper, clock, walks, parts } = keeperOf({}, nothing);
  parts.hasClaim = false;
  await clock.pass(300_000);
  expect(walks).toEqual([]);
  parts.hasClaim = true;
  await clock.pass(10_000);
  expect(walks).toHaveLength(1);
  await keeper.close();
});

it('tells once of what fails, tries it again in ten minutes, and tells that it is over', async () => {
  let isBroken = true;
  const { keeper, clock, walks, told } = keeperOf({}, () =>
    isBroken ? Promise.reject(new Error('refused')) : Promise.resolve(),
  );
  await clock.pass(60_000);
  await clock.pass(590_000);
  expect(walks).toHaveLength(1);
  await clock.pass(20_000);
  expect(walks).toHaveLength(2);
  expect(told).toEqual(['clusters could not be repaired; that is tried again']);
  isBroken = false;
  await clock.pass(620_000);
  expect(told.at(-1)).toBe('over: clusters could not be repaired; that is tried again');
  await keeper.close();
});

it('makes missing copies soon, however long it has moved others just now', async () => {
  const { keeper, clock, walks, reports, missing } = keeperOf({}, () =>
    clock.sleep(walks.length === 1 ? 40_000 : 0),
  );
  missing.push(newContent().key);
  const moved = new RepairReport();
  moved.movingMs = 40_000;
  reports.push(moved);
  await clock.pass(49_000);
  expect(walks).toMatchObject([{ isDry: false, keys: new Set(missing.map(serializeKey)) }]);
  await clock.pass(22_000);
  expect(walks.length).toBeGreaterThan(1);
  await keeper.close();
});

it('ends in the middle of a walk, which is told', async () => {
  const { keeper, clock, told, walks } = keeperOf({}, (walk) =>
    clock.sleep(1_000_000, { signal: walk.signal }),
  );
  await clock.pass(60_000);
  await keeper.close();
  expect(walks[0]?.signal.aborted).toBe(true);
  expect(told).toEqual([]);
});
