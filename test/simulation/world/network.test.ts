import { describe, expect, test } from 'vitest';
import { Network } from '../../../src/simulation/world/network.ts';
import { repositoryUuids } from '../../../properties/arbitraries/annexes.ts';

/** Every way in which a network changes: a few repositories and a node, and what becomes of them. */
const changes: readonly (readonly [string, (network: Network) => void])[] = [
  ['a repository', (network) => void network.add('a', uuidAt(0))],
  ['a second one', (network) => void network.add('b', uuidAt(1))],
  ['a special remote', (network) => void network.add('s', uuidAt(2), { isSpecialRemote: true })],
  ['a remote', (network) => network.addRemote(0, 'b')],
  ['a cluster node', (network) => network.setNode('n', 1)],
  ['a remote by the name of a node', (network) => network.addRemote(0, 'n')],
  ['another one', (network) => network.addRemote(2, 'n')],
  ['a gateway', (network) => network.setGateway('n', 2)],
  ['one that is down', (network) => network.reach.setDown(2, true)],
  ['one that is up', (network) => network.reach.setDown(2, false)],
  ['a partition', (network) => network.reach.part([[0], [1, 2]])],
  ['its end', (network) => network.reach.heal()],
  ['a remote that is none any more', (network) => network.removeRemote(0, 'n')],
  ['a further name', (network) => network.rename(1, 'z')],
  [
    'other names',
    (network) =>
      network.setNames([
        ['b', 0],
        ['a', 1],
      ]),
  ],
  ['a group', (network) => network.addGroup(0, 'g')],
  ['a group that is left', (network) => network.removeGroup(0, 'g')],
  ['an expression', (network) => network.configure(0, { wanted: 'anything' })],
  ['what a group wants', (network) => network.setGroupwanted('g', 'nothing')],
  ['numcopies', (network) => network.configureAll({ numcopies: 2 })],
];

function uuidAt(index: number) {
  const uuid = repositoryUuids[index];
  if (uuid === undefined) throw new RangeError(`there is no UUID ${index}`);
  return uuid;
}

/** All that a network remembers once it was asked. */
function answersOf(network: Network): unknown {
  const names = ['a', 'b', 's', 'z', 'n'];
  return {
    sorted: network.sortedNames(),
    knowing: names.map((name) => network.knowingOf(name)),
    reached: network.repositories.flatMap((_, number) => [
      Array.from(network.reachedFrom(number, false)),
      Array.from(network.reachedFrom(number, true)),
    ]),
  };
}

/** A network after the first changes that was not asked between them. */
function after(count: number): Network {
  const network = new Network();
  for (const [, change] of changes.slice(0, count)) change(network);
  return network;
}

describe('a network that was asked before a change answers as one that was not:', () => {
  test.each(changes.map(([what], index) => [what, index] as const))('%s', (_what, index) => {
    const network = after(index);
    // Twice, so that what was found out first is not forgotten with what is found out next.
    answersOf(network);
    answersOf(network);
    const { changes: before, reachChanges } = network;
    const isOfReach = index >= 8 && index <= 11;

    changes[index]?.[1](network);

    expect(answersOf(network)).toEqual(answersOf(after(index + 1)));
    expect(network.changes > before).toBe(!isOfReach);
    expect(network.reachChanges).toBeGreaterThan(reachChanges);
  });

  test('and the changes of this list do change the answers', () => {
    const answers = changes.map((_, index) => JSON.stringify(answersOf(after(index + 1))));

    // The last five are of what is configured, which nobody asks a network to have found out.
    expect(new Set(answers.slice(0, 15)).size).toBeGreaterThan(10);
  });
});

test('what is set of one repository, or of all, leaves the rest as it is', () => {
  const network = after(changes.length);
  network.configure(0, { trust: 'trusted', maxsizeBytes: 5n });
  network.configureAll({ mincopies: 3 });
  network.configure(0, { wanted: undefined });

  expect(network.repository(0)).toMatchObject({
    trust: 'trusted',
    wanted: undefined,
    maxsizeBytes: 5n,
  });
  expect([network.numcopies, network.mincopies, network.rebalance]).toEqual([2, 3, false]);
  expect(() => network.configure(7, { wanted: 'anything' })).toThrow(RangeError);
});
