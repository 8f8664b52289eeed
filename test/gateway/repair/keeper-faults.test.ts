/** A keeper among clients, other processes, changes and clocks that jump. */
import { expect, it } from 'vitest';
import { RepairReport } from '../../../src/gateway/repair/index.ts';
import type { RepairWalk } from '../../../src/gateway/repair/repair.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { newContent } from '../annex-requests.ts';
import { around, begun, cluster, moving, newConfiguration, node, walking } from './kept-around.ts';

it('hands on its rate, one content at a time, without another meaning of balanced terms', async () => {
  const at = around();
  const { walks, walked } = walking();
  const keeper = begun(at, { bytesPerS: 12_345 }, walked);
  await at.clock.pass(60_000);
  expect(walks).toMatchObject([{ isDry: false, bytesPerS: 12_345, jobs: 1, rebalance: false }]);
  await keeper.close();
});

it('is one of two that look after the same clusters, and goes on when the other one ends', async () => {
  const clock = new SimulatedClock();
  let owner: string | undefined;
  const one = { ...around(clock), claim: () => (owner ??= 'one') === 'one' };
  const two = { ...around(clock), claim: () => (owner ??= 'two') === 'two' };
  const [first, second] = [walking(), walking()];
  const keeperOne = begun(one, { everyMs: 600_000 }, first.walked);
  const keeperTwo = begun(two, { everyMs: 600_000 }, second.walked);
  await clock.pass(2_000_000);
  expect(first.walks.length).toBeGreaterThan(1);
  expect(second.walks).toEqual([]);
  await keeperOne.close();
  owner = undefined;
  await clock.pass(10_000);
  expect(second.walks).toHaveLength(1);
  await keeperTwo.close();
});

it('says nothing where another process takes the right to place in the middle, and comes again', async () => {
  const at = around();
  const busy = Object.assign(new Error('another process places'), { code: 'PLACEMENT_BUSY' });
  let walks = 0;
  const keeper = begun(at, {}, () => {
    walks += 1;
    return walks === 1 ? Promise.reject(busy) : Promise.resolve(new RepairReport());
  });
  await at.clock.pass(60_000);
  expect(walks).toBe(1);
  await at.clock.pass(10_000);
  expect(walks).toBe(2);
  expect(at.told).toEqual([]);
  await keeper.close();
});

it('asks for no right, and looks at nothing, while there are no clusters', async () => {
  const at = around();
  at.clusters = new Map();
  let claims = 0;
  at.claim = () => (claims += 1) > 0;
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  await at.clock.pass(120_000);
  expect([walks.length, claims]).toEqual([0, 0]);
  at.clusters = new Map([[cluster, 'cluster']]);
  await at.clock.pass(10_000);
  expect(walks).toHaveLength(1);
  await keeper.close();
});

it('does not take the right to place while nothing is due', async () => {
  const at = around();
  let claims = 0;
  at.claim = () => (claims += 1) > 0;
  const keeper = begun(at, {}, walking().walked);
  await at.clock.pass(59_000);
  expect(claims).toBe(0);
  await keeper.close();
});

it('looks through all a minute after what is wanted has changed, in the middle of a walk too', async () => {
  const at = around();
  const walks: RepairWalk[] = [];
  const keeper = begun(at, {}, async (walk) => {
    walks.push(walk);
    if (walks.length === 1) {
      await at.clock.sleep(1000);
      at.configuration = newConfiguration();
    }
    return new RepairReport();
  });
  await at.clock.pass(61_000);
  expect(walks).toHaveLength(1);
  await at.clock.pass(60_000);
  expect(walks).toHaveLength(1);
  await at.clock.pass(30_000);
  expect(walks).toHaveLength(2);
  await at.clock.pass(120_000);
  expect(walks).toHaveLength(2);
  await keeper.close();
});

it('goes by a clock that nobody can set', async () => {
  const at = around();
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  at.clock.setWall(9_000_000_000_000);
  await at.clock.pass(50_000);
  expect(walks).toEqual([]);
  await at.clock.pass(10_000);
  at.clock.setWall(0);
  await at.clock.pass(3_580_000);
  expect(walks).toHaveLength(1);
  await at.clock.pass(30_000);
  expect(walks).toHaveLength(2);
  await keeper.close();
});

it('walks again while something moves, and tells once of all of it', async () => {
  const at = around();
  const { walks, walked } = walking(moving(2, 1, 0n), moving(1, 0, 0n), new RepairReport());
  const keeper = begun(at, {}, walked);
  await at.clock.pass(60_000);
  expect(walks).toHaveLength(3);
  expect(at.told).toEqual(['repair has made 3 copies and dropped 1']);
  await keeper.close();
});

it('ends after fifty walks though something moves in each', async () => {
  const at = around();
  const { walks, walked } = walking(moving(1, 0, 0n));
  const keeper = begun(at, {}, walked);
  await at.clock.pass(60_000);
  expect(walks).toHaveLength(50);
  await keeper.close();
});

it('tells what it would do when it is dry, walks once, and remembers since when', async () => {
  const at = around();
  const { walks, walked } = walking(moving(3, 2, 70n), moving(1, 0, 5n), new RepairReport());
  const keeper = begun(at, { mode: 'dry', everyMs: 600_000 }, walked);
  at.missing.push(newContent().key);
  await at.clock.pass(60_000);
  expect(walks).toHaveLength(1);
  const sinceMs = at.clock.wallMs();
  expect(keeper.state).toEqual({ copies: 3, bytes: 70n, sinceMs });
  expect(at.told).toHaveLength(1);
  expect(at.told[0]).toContain('clusters do not keep what their expressions say');
  await at.clock.pass(600_000);
  expect(keeper.state).toEqual({ copies: 1, bytes: 5n, sinceMs });
  await at.clock.pass(600_000);
  expect(keeper.state).toEqual({ copies: 0, bytes: 0n, sinceMs: undefined });
  expect(at.told.at(-1)).toMatch(/^over: /);
  await keeper.close();
});

it('tells what could not be done, of whom by name, and forgets it when it is done', async () => {
  const at = around();
  const report = new RepairReport();
  report.left = 4;
  report.full.set(node, { contents: 2, bytes: 9n });
  report.lost.set(node, { contents: 1, bytes: 1n });
  const keeper = begun(at, { everyMs: 600_000 }, walking(report, new RepairReport()).walked);
  await at.clock.pass(60_000);
  const all = at.told.join('\n');
  expect(all).toContain('contents could not be moved to where they are wanted');
  expect(all).toContain('attic wants more contents than fit below its maxsize');
  expect(all).toContain('attic wants contents that no node has');
  expect(keeper.state.sinceMs).toBe(at.clock.wallMs());
  await at.clock.pass(600_000);
  expect(keeper.state.sinceMs).toBeUndefined();
  expect(at.told.filter((line) => line.startsWith('over: '))).toHaveLength(3);
  await keeper.close();
});

it('does not take missing copies for all that there is to tell', async () => {
  const at = around();
  const keeper = begun(at, {}, (walk) => {
    const report = new RepairReport();
    report.left = walk.keys === undefined ? 2 : 1;
    return Promise.resolve(report);
  });
  await at.clock.pass(60_000);
  const before = keeper.state;
  at.missing.push(newContent().key);
  await at.clock.pass(10_000);
  expect(keeper.state).toBe(before);
  await keeper.close();
});

it('lets clients go first, and waits a second for them at most', async () => {
  const at = around();
  const waits: number[] = [];
  const keeper = begun(at, {}, async (walk) => {
    for (let content = 0; content < 2; content += 1) {
      const beganMs = at.clock.steadyMs();
      await walk.yielding?.();
      waits.push(at.clock.steadyMs() - beganMs);
      isAsking = false;
      await at.clock.sleep(1000);
    }
    return new RepairReport();
  });
  let isAsking = true;
  const asking = at.clock.every(20, () => {
    if (isAsking) keeper.asked();
  });
  await at.clock.pass(65_000);
  expect(waits).toEqual([1000, 0]);
  asking.close();
  await keeper.close();
});

it('rests ten times as long as it has looked, but for what it has moved', async () => {
  const at = around();
  const begins: number[] = [];
  const keeper = begun(at, {}, async () => {
    begins.push(at.clock.steadyMs());
    await at.clock.sleep(5000);
    return new RepairReport();
  });
  at.missing.push(newContent().key);
  await at.clock.pass(129_000);
  expect(begins).toEqual([10_000, 70_000]);
  await keeper.close();
});

it('begins nothing once it is closed, and has what is under way end first', async () => {
  const at = around();
  const walks: RepairWalk[] = [];
  const keeper = begun(at, {}, async (walk) => {
    walks.push(walk);
    await at.clock.sleep(30_000, { signal: walk.signal });
    return new RepairReport();
  });
  await at.clock.pass(65_000);
  expect(walks).toHaveLength(1);
  await keeper.close();
  await keeper.look();
  await at.clock.pass(7_200_000);
  expect(walks).toHaveLength(1);
  expect(at.clock.timers).toBe(0);
  expect(at.told).toEqual([]);
});

it('makes the copies of the keys that are missing, once for each', async () => {
  const at = around();
  const { key } = newContent();
  const other = newContent().key;
  at.missing.push(key, key, other);
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  await at.clock.pass(10_000);
  expect(walks.map(({ keys }) => keys)).toEqual([new Set([key, other].map(serializeKey))]);
  await keeper.close();
});

it('is closed when what was under way has ended, however long that takes', async () => {
  const at = around();
  let isOver = false;
  const keeper = begun(at, {}, async () => {
    await at.clock.sleep(30_000);
    isOver = true;
    return new RepairReport();
  });
  await at.clock.pass(65_000);
  await at.clock.ended(keeper.close(), 1000);
  expect(isOver).toBe(true);
});

it('makes no missing copies any more once it is closed', async () => {
  const at = around();
  let claims = 0;
  at.claim = () => (claims += 1) > 0;
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  at.missing.push(newContent().key);
  await keeper.close();
  await keeper.look();
  expect([walks.length, claims]).toEqual([0, 0]);
});

it('does not put off looking through all however often what is wanted changes', async () => {
  const at = around();
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  const changing = at.clock.every(5000, () => {
    at.configuration = newConfiguration();
  });
  await at.clock.pass(60_000);
  expect(walks).toHaveLength(1);
  await at.clock.pass(70_000);
  expect(walks).toHaveLength(2);
  changing.close();
  await keeper.close();
});

it('looks through all in its time though copies are missing, and made soon, all the while', async () => {
  const at = around();
  at.missing.push(newContent().key);
  const { walks, walked } = walking();
  const keeper = begun(at, {}, walked);
  await at.clock.pass(60_000);
  const wholes = walks.map(({ keys }) => keys === undefined);
  expect(wholes).toEqual([false, false, false, false, false, true]);
  await keeper.close();
});
