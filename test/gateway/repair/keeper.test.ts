import { expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { noticeText } from '../../../src/gateway/notices/notices.ts';
import { RepairReport } from '../../../src/gateway/repair/index.ts';
import { BallastError } from '../../../src/units/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { newContent } from '../annex-requests.ts';
import { cluster, configuration, keeperOf } from './kept-clusters.ts';

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

it('looks through all soon after what is wanted has changed, also while it looked', async () => {
  let change = (): void => undefined;
  const { keeper, clock, walks, parts } = keeperOf({ everyMs: 36_000_000 }, () => {
    change();
    return nothing();
  });
  change = () => {
    if (walks.length === 1) parts.configuration = { ...configuration };
  };
  await clock.pass(70_000);
  expect(walks).toHaveLength(1);
  await clock.pass(70_000);
  expect(walks).toHaveLength(2);
  await clock.pass(3_600_000);
  expect(walks).toHaveLength(2);
  parts.configuration = { ...configuration };
  await clock.pass(50_000);
  expect(walks).toHaveLength(2);
  await clock.pass(30_000);
  expect(walks).toHaveLength(3);
  await keeper.close();
});

it('goes by no time of day, which somebody may set', async () => {
  const { keeper, clock, walks } = keeperOf({ mode: 'dry' }, nothing);
  clock.setWall(0);
  await clock.pass(60_000);
  expect(walks).toHaveLength(1);
  clock.setWall(4_000_000_000_000);
  await clock.pass(3_500_000);
  expect(walks).toHaveLength(1);
  clock.setWall(1);
  await clock.pass(110_000);
  expect(walks).toHaveLength(2);
  await keeper.close();
});

it('looks after no missing copy, and claims nothing, where no cluster is served or nothing is due', async () => {
  const { keeper, clock, walks, parts } = keeperOf({}, nothing);
  parts.clusters = new Map();
  await clock.pass(300_000);
  expect(walks).toEqual([]);
  parts.clusters = new Map([[cluster, 'cluster']]);
  await clock.pass(10_000);
  expect(walks).toHaveLength(1);
  await clock.pass(300_000);
  expect(walks).toHaveLength(1);
  await keeper.close();
});

it('only tells of missing copies when it is dry', async () => {
  const { keeper, clock, walks, missing } = keeperOf({ mode: 'dry' }, nothing);
  missing.push(newContent().key);
  await clock.pass(50_000);
  expect(walks).toEqual([]);
  await keeper.close();
});

it('walks again while a walk moves something, and tells once what was moved', async () => {
  const { keeper, clock, walks, reports, told } = keeperOf({ bytesPerS: 5 }, nothing);
  for (const gets of [2, 1]) {
    const report = new RepairReport();
    report.gets.contents = gets;
    report.drops.contents = 1;
    reports.push(report);
  }
  await clock.pass(60_000);
  expect(walks).toHaveLength(3);
  expect(walks[2]).toMatchObject({ isDry: false, jobs: 1, bytesPerS: 5, rebalance: false });
  expect(told).toEqual(['repair has made 3 copies and dropped 2']);
  await keeper.close();
});

it('moves for ever what never stays, but walks no more than fifty times', async () => {
  const { keeper, clock, walks, reports } = keeperOf({}, () => {
    const report = new RepairReport();
    report.changed = 1;
    reports.push(report);
    return nothing();
  });
  await clock.pass(60_000);
  expect(walks).toHaveLength(50);
  await keeper.close();
});

it('walks once when it is dry, and tells what would be moved, and since when', async () => {
  const { keeper, clock, walks, reports, notices, told } = keeperOf({ mode: 'dry' }, nothing);
  const report = new RepairReport();
  Object.assign(report.gets, { contents: 2, bytes: 20n });
  reports.push(report, report);
  await clock.pass(60_000);
  const sinceMs = clock.wallMs();
  expect(walks).toHaveLength(1);
  expect(keeper.state).toEqual({ copies: 2, bytes: 20n, sinceMs });
  expect(notices.all().map(noticeText)).toEqual([
    'clusters do not keep what their expressions say: "ballast plan" tells what is to be moved, and ' +
      '"serve --repair on" moves it; moves: 2',
  ]);
  await clock.pass(3_610_000);
  expect(keeper.state).toEqual({ copies: 2, bytes: 20n, sinceMs });
  await clock.pass(3_610_000);
  expect(keeper.state).toEqual({ copies: 0, bytes: 0n, sinceMs: undefined });
  expect(notices.all()).toEqual([]);
  expect(told.at(-1)).toMatch(/^over: clusters do not keep/);
  await keeper.close();
});

it('tells what could not be moved: copies, bytes, circles, full nodes and what is lost', async () => {
  const { keeper, clock, reports, notices } = keeperOf({}, nothing);
  const report = new RepairReport();
  const nobody = { drops: [], kept: [], full: [], lost: [] };
  report.leave({ ...nobody, gets: [cluster, imaginaryUuid(2)] }, 10n);
  report.leave({ ...nobody, gets: [], drops: [cluster] }, 10n);
  report.cycle('KEY1', [
    { kind: 'get', repository: cluster },
    { kind: 'drop', repository: cluster },
  ]);
  report.rest({ ...nobody, gets: [], full: [cluster], lost: [imaginaryUuid(2)] }, 10n);
  reports.push(report);
  await clock.pass(60_000);
  expect(keeper.state).toEqual({ copies: 2, bytes: 20n, sinceMs: clock.wallMs() });
  expect(notices.all().map(noticeText)).toEqual([
    'contents could not be moved to where they are wanted, as nodes did not take or give them: 2',
    'contents never settle, as what is wanted of them goes round in a circle, and are left where they are, ' +
      'such as KEY1 (again and again: get node1, drop node1): 1',
    'node1 wants more contents than fit below its maxsize: 1',
    `${imaginaryUuid(2)} wants contents that no node has, nor the gateway: 1`,
  ]);
  await keeper.close();
});

it('lets clients go first, for a second at most, before each content', async () => {
  const waited: number[] = [];
  const { keeper, clock } = keeperOf({}, async (walk) => {
    for (let content = 0; content < 3; content += 1) {
      const beganMs = clock.steadyMs();
      await walk.yielding?.();
      waited.push(clock.steadyMs() - beganMs);
      if (content < 2) keeper.asked();
      if (content === 1) asking = clock.every(50, () => keeper.asked());
    }
  });
  let asking: { close(): void } | undefined;
  await clock.pass(70_000);
  asking?.close();
  expect(waited).toEqual([0, 100, 1000]);
  await keeper.close();
});

it('does one look at a time, and none once it is closed', async () => {
  const { keeper, clock, walks } = keeperOf({}, () => clock.sleep(30_000));
  await clock.pass(60_000);
  const [one, other] = [keeper.look(), keeper.look()];
  expect(one).toBe(other);
  await clock.pass(30_000);
  await one;
  expect(walks).toHaveLength(1);
  await keeper.close();
  await keeper.look();
  expect(clock.timers).toBe(0);
  expect(walks).toHaveLength(1);
});

it('takes it for no failure that another process places, and comes back soon', async () => {
  let isBusy = true;
  const { keeper, clock, walks, told } = keeperOf({}, () =>
    isBusy ? Promise.reject(new BallastError('PLACEMENT_BUSY', 'busy')) : nothing(),
  );
  await clock.pass(60_000);
  isBusy = false;
  await clock.pass(20_000);
  expect(walks).toHaveLength(2);
  expect(told).toEqual([]);
  await keeper.close();
});

it('rests after a look ten times as long as it took, but for what it moved', async () => {
  const { keeper, clock, walks, reports, missing } = keeperOf({}, () => clock.sleep(10_000));
  missing.push(newContent().key);
  await clock.pass(20_000);
  expect(walks).toHaveLength(1);
  await clock.pass(90_000);
  expect(walks).toHaveLength(1);
  const moved = new RepairReport();
  moved.movingMs = 10_000;
  reports.push(moved);
  await clock.pass(20_000);
  expect(walks).toHaveLength(2);
  await clock.pass(20_000);
  expect(walks).toHaveLength(3);
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
