import { expect, it } from 'vitest';
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
      missing: { all: async function* () {}, counts: new Map<string, number>() },
      configuration: () => Promise.resolve(configuration),
      claim: () => Promise.resolve(parts.hasClaim),
      notices: new Notices((message) => void told.push(message)),
      warn: (message) => void told.push(message),
    },
    { mode: 'on', bytesPerS: undefined, everyMs: 3_600_000, ...settings },
  );
  keeper.start();
  return { keeper, clock, told, walks, reports, parts };
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

it('does not rest for what it has moved', async () => {
  const { keeper, clock, walks, reports } = keeperOf({ everyMs: 100_000 }, () =>
    clock.sleep(walks.length === 1 ? 50_000 : 0),
  );
  const moved = new RepairReport();
  moved.movingMs = 50_000;
  reports.push(moved);
  await clock.pass(110_000);
  expect(walks).toHaveLength(1);
  // Due again 100 s after its end, and not only when ten times what it took is over.
  await clock.pass(110_000);
  expect(walks).toHaveLength(2);
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
