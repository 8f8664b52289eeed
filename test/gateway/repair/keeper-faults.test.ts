/** A keeper among clients, other processes, changes and clocks that jump. */
import { expect, it } from 'vitest';
import { RepairReport } from '../../../src/gateway/repair/index.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { newContent } from '../annex-requests.ts';
import { around, begun, newConfiguration, walking } from './kept-around.ts';

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
