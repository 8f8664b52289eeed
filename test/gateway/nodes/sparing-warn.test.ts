import { expect, it } from 'vitest';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { SparingWarn } from '../../../src/gateway/nodes/sparing-warn.ts';

function listener(): {
  readonly told: string[];
  readonly warn: SparingWarn;
  readonly clock: SimulatedClock;
} {
  const told: string[] = [];
  const clock = new SimulatedClock();
  return { told, clock, warn: new SparingWarn((message) => void told.push(message), clock) };
}

const error = new Error('gone');
const node = { name: 'node1' };

it('tells the first, and after a minute how many more there were', async () => {
  const { told, warn, clock } = listener();
  for (const subject of ['K1', 'K2', 'K3']) warn.tell({ node, act: 'takes no', subject, error });
  expect(told).toEqual(['node1 takes no K1']);

  await clock.pass(60_000);
  expect(told).toEqual(['node1 takes no K1', 'node1 takes no 2 more in the last minute']);

  warn.tell({ node, act: 'takes no', subject: 'K4', error });
  await clock.pass(60_000);
  expect(told.slice(2)).toEqual(['node1 takes no K4']);
});

it('holds nodes, acts and kinds of errors apart', () => {
  const { told, warn } = listener();
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  warn.tell({ node, act: 'takes no', subject: 'K', error });
  warn.tell({ node, act: 'takes no', subject: 'K', error: full });
  warn.tell({ node, act: 'did not store', subject: 'K', error });
  warn.tell({ node: { name: 'node2' }, act: 'takes no', subject: 'K', error });
  expect(told).toHaveLength(4);
});
