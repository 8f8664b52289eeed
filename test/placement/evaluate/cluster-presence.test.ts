import { expect, it } from 'vitest';
import { clusterPresence } from '../../../src/placement/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';

const [a, b] = [imaginaryUuid(1), imaginaryUuid(2)];

it.each([
  ['held', 'a node has it', { isHeld: true, away: [], logged: [] }],
  ['held', 'a node has it, whoever else may', { isHeld: true, away: [a], logged: [a] }],
  ['absent', 'all were asked, whatever is logged', { isHeld: false, away: [], logged: [a] }],
  ['absent', 'one is away that is not logged', { isHeld: false, away: [a], logged: [b] }],
  ['unknown', 'one is away that is logged', { isHeld: false, away: [a], logged: [a] }],
  ['unknown', 'all are away', { isHeld: false, away: [a, b], logged: [] }],
])('a content is %s in a cluster when %s', (presence, _, { isHeld, away, logged }) => {
  const asked = { nodes: [a, b], isHeld, away, logged: new Set(logged) };

  expect(clusterPresence(asked)).toBe(presence);
});

it('a content is absent in a cluster without nodes', () => {
  const asked = { nodes: [], isHeld: false, away: [], logged: new Set([a]) };

  expect(clusterPresence(asked)).toBe('absent');
});
