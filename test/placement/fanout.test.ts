import { describe, expect, test } from 'vitest';
import { fanout, wanted, type Fanout, type UsableNode } from '../../src/placement/index.ts';
import { item, uuid, world, type Annex } from './annex.ts';

const cluster = uuid('ac205ac5-d1e7-852c-a284-af955a1e255e');
const key = item('SHA256-s10--x', 'file');
const names = ['n1', 'n2', 'n3'];

function annexOf(
  expressions: Readonly<Record<string, string | undefined>>,
  maxsizesBytes: Readonly<Record<string, bigint>> = {},
): Annex {
  return {
    repositories: Object.fromEntries(
      Object.entries(expressions).map(([name, text]) => [
        name,
        { wanted: text, groups: ['nodes'], maxsizeBytes: maxsizesBytes[name] },
      ]),
    ),
    clusters: { [cluster]: Object.keys(expressions) },
  };
}

function all(text: string | undefined): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(names.map((name) => [name, text]));
}

function usable(costs: Readonly<Record<string, number>> = {}): readonly UsableNode[] {
  return names.map((name) => ({ uuid: uuid(name), cost: costs[name] ?? 100 }));
}

function nodesOf(result: Fanout): readonly string[] {
  return result.kind === 'alreadyHeld' ? [] : result.nodes;
}

describe('a key that no node has goes to', () => {
  test('every node, when none has an expression', () => {
    const result = fanout(cluster, key, world(annexOf(all(undefined))), { nodes: usable() });

    expect(result).toEqual({ kind: 'store', nodes: names, holders: [] });
  });

  test('every node, as unwanted, when all want nothing', () => {
    const result = fanout(cluster, key, world(annexOf(all('nothing'))), { nodes: usable() });

    expect(result).toEqual({ kind: 'unwanted', nodes: names, holders: [] });
  });

  test('the one node that wants it', () => {
    const annex = annexOf({ n1: 'nothing', n2: 'anything', n3: 'nothing' });

    expect(nodesOf(fanout(cluster, key, world(annex), { nodes: usable() }))).toEqual(['n2']);
  });

  test.each(['balanced=nodes', 'balanced=nodes:2', 'sizebalanced=nodes:2'])(
    'exactly the nodes that %s wants before the upload',
    (text) => {
      const facts = world(annexOf(all(text), { n1: 100n, n2: 200n, n3: 300n }));
      const wanting = names.filter((name) => wanted(uuid(name), key, facts));

      const result = fanout(cluster, key, facts, { nodes: usable() });

      expect(nodesOf(result).toSorted()).toEqual(wanting);
    },
  );

  test('as many nodes as copies are asked for, the cheapest first', () => {
    const facts = world(annexOf(all('not copies=nodes:2')));

    const result = fanout(cluster, key, facts, { nodes: usable({ n1: 300, n2: 200 }) });

    expect(nodesOf(result)).toEqual(['n3', 'n2']);
  });

  test('among equal costs the node with the largest share of free space', () => {
    const annex = annexOf(all('not copies=nodes:1'), { n1: 1000n, n2: 100n, n3: 1000n });
    const facts = world(annex, { sizesBytes: { n1: 500n, n2: 10n, n3: 200n } });

    expect(nodesOf(fanout(cluster, key, facts, { nodes: usable() }))).toEqual(['n2']);
  });

  test('among nodes without a maxsize that of the lowest UUID, in whatever order they are given', () => {
    const facts = world(annexOf(all('not copies=nodes:1')));

    for (const nodes of [usable(), usable().toReversed()]) {
      expect(nodesOf(fanout(cluster, key, facts, { nodes }))).toEqual(['n1']);
    }
  });

  test('no node that has no room, though another expression had it stored on a full one', () => {
    // n1 is full, and takes it all the same; the pick is among n2 and n3, before and after.
    const annex = annexOf(
      { n1: 'anything', n2: 'fullybalanced=nodes', n3: 'fullybalanced=nodes' },
      { n1: 15n, n2: 1000n, n3: 1000n },
    );
    const keys = Array.from({ length: 20 }, (_, index) => item(`SHA256-s10--x${index}`, 'file'));
    const facts = world(annex, { sizesBytes: { n1: 8n } });

    const stored = keys.map((each) =>
      nodesOf(fanout(cluster, each, facts, { nodes: usable({ n1: 50 }) })),
    );

    for (const nodes of stored) expect(nodes).toHaveLength(2);
    expect(new Set(stored.map(String))).toEqual(new Set(['n1,n2', 'n1,n3']));
  });

  test('no dead node, and none that is not of the cluster', () => {
    const annex = annexOf(all(undefined));
    const facts = world({
      ...annex,
      repositories: { ...annex.repositories, n1: { trust: 'dead' } },
      clusters: { [cluster]: ['n1', 'n2'] },
    });

    expect(nodesOf(fanout(cluster, key, facts, { nodes: usable() }))).toEqual(['n2']);
  });

  test('every node, as unwanted, when it is larger than every maxsize under balanced', () => {
    const facts = world(annexOf(all('balanced=nodes'), { n1: 9n, n2: 9n, n3: 9n }));

    expect(fanout(cluster, key, facts, { nodes: usable() }).kind).toBe('unwanted');
  });
});

describe('a second put does not spread (git-annex stores it on all the others)', () => {
  test('when the one node that wants it has it', () => {
    const annex = annexOf({ n1: 'anything', n2: 'nothing', n3: 'nothing' });
    const facts = world(annex, { locations: ['n1'] });

    const result = fanout(cluster, key, facts, { nodes: usable() });

    expect(result).toEqual({ kind: 'alreadyHeld', holders: ['n1'] });
  });

  test('when there are as many copies as asked for', () => {
    const facts = world(annexOf(all('not copies=nodes:1')), { locations: ['n2'] });

    const result = fanout(cluster, key, facts, { nodes: usable() });

    expect(result).toEqual({ kind: 'alreadyHeld', holders: ['n2'] });
  });

  test('but goes to a further node that wants it, naming the holder', () => {
    const annex = annexOf({ n1: 'anything', n2: 'anything', n3: 'nothing' });
    const facts = world(annex, { locations: ['n1'] });

    const result = fanout(cluster, key, facts, { nodes: usable() });

    expect(result).toEqual({ kind: 'store', nodes: ['n2'], holders: ['n1'] });
  });

  test('when every node has it, wanted or not', () => {
    const facts = world(annexOf(all('nothing')), { locations: names });

    expect(fanout(cluster, key, facts, { nodes: usable() }).kind).toBe('alreadyHeld');
  });

  test('goes to the other nodes when neither they nor the holder want it', () => {
    const facts = world(annexOf(all('nothing')), { locations: ['n1'] });

    const result = fanout(cluster, key, facts, { nodes: usable() });

    expect(result).toEqual({ kind: 'unwanted', nodes: ['n2', 'n3'], holders: ['n1'] });
  });
});

test('an upload with no usable node goes nowhere', () => {
  const facts = world(annexOf(all('anything')));

  const result = fanout(cluster, key, facts, { nodes: [] });

  expect(result).toEqual({ kind: 'unwanted', nodes: [], holders: [] });
});
