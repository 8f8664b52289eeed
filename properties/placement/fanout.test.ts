import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterGet, modelStore } from '../../models/fanout.ts';
import {
  fanout,
  wanted,
  type Fanout,
  type RepositorySettings,
  type UsableNode,
  type World,
} from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import {
  cluster,
  maxsizesBytes,
  moments,
  repositoryUuids,
  withLocations,
  type Moment,
} from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

const usable: fc.Arbitrary<readonly UsableNode[]> = fc
  .array(fc.constantFrom(100, 200), {
    minLength: repositoryUuids.length,
    maxLength: repositoryUuids.length,
  })
  .map((costs) => repositoryUuids.map((uuid, index) => ({ uuid, cost: costs[index] ?? 100 })));

/** Nodes of one group that all have one expression, as clusters usually are. */
function balancedMoments(text: string): fc.Arbitrary<Moment> {
  return nodeMoments(fc.constant(text));
}

/**
 * Nodes of one group. The cluster is not in the group: its presence changes with the first copy that is
 * chosen.
 */
function nodeMoments(texts: fc.Arbitrary<string | undefined>): fc.Arbitrary<Moment> {
  const settings = fc.record<RepositorySettings>({
    description: fc.constant('a node'),
    trust: fc.constant('semitrusted'),
    groups: fc.constant(['nodes']),
    wanted: texts,
    required: fc.constant(undefined),
    maxsizeBytes: maxsizesBytes,
    preferreddir: fc.constant(undefined),
  });
  return moments(settings, fc.constant(undefined));
}

const balancedTexts = fc.constantFrom(
  'balanced=nodes',
  'balanced=nodes:2',
  'sizebalanced=nodes',
  'sizebalanced=nodes:2',
  'fullybalanced=nodes:2',
  'balanced=nodes:lackingcopies',
  'sizebalanced=nodes:lackingcopies=+nodes',
);

/** Expressions as they are mixed in one cluster. */
const mixedTexts = fc.oneof(
  balancedTexts,
  fc.constantFrom(
    undefined,
    'anything',
    'nothing',
    'not copies=nodes:1',
    'not copies=nodes:2',
    'largerthan=5',
    'include=a*',
    'fullysizebalanced=nodes:2 or copies=nodes:2',
  ),
);

function storedOn(result: Fanout): readonly Uuid[] {
  return result.kind === 'store' ? result.nodes : [];
}

test('the order in which nodes are given does not matter', () => {
  const nodesTwice = usable.chain((nodes) =>
    fc.tuple(
      fc.constant(nodes),
      fc.shuffledSubarray([...nodes], { minLength: nodes.length, maxLength: nodes.length }),
    ),
  );

  check(
    fc.property(moments(), nodesTwice, ({ world, item }, [nodes, shuffled]) => {
      expect(fanout(cluster, item, world, { nodes: shuffled })).toEqual(
        fanout(cluster, item, world, { nodes }),
      );
    }),
  );
});

/** A key that nobody has, and a cluster of all repositories. */
function asNew({ world, ...rest }: Moment): Moment {
  const { configuration } = world;
  const clusters = new Map([[cluster, [...configuration.repositories.keys()]]]);
  const now = { ...world, configuration: { ...configuration, clusters } };
  return { ...rest, world: withLocations(now, []) };
}

/**
 * Without `--rebalance`, of which the gateway makes no use and under which what a node has got may turn
 * picks by hash into picks by free space; and with all sizes known.
 */
function settled(world: World): World {
  return {
    ...world,
    configuration: { ...world.configuration, rebalance: false },
    sizeBytes: (repository) => world.sizeBytes(repository) ?? 0n,
  };
}

test('what is stored is a sequence of gets: each node wants it where the earlier ones have it, sizes included', () => {
  let later = 0;
  const cases = fc.oneof(moments(), nodeMoments(mixedTexts), nodeMoments(mixedTexts).map(asNew));

  check(
    fc.property(cases, usable, ({ world, item }, nodes) => {
      const stored = storedOn(fanout(cluster, item, world, { nodes }));

      expect(stored).toEqual(modelStore({ cluster, item, world, nodes }));
      let now = world;
      for (const node of stored) {
        expect(wanted(node, item, now, true)).toBe(true);
        now = afterGet(node, item, now);
      }
      if (stored.length > 1) later += 1;
    }),
    2000,
  );

  expect(later).toBeGreaterThan(200);
});

test('under balanced expressions, exactly the nodes that wanted a new key before the upload', () => {
  const cases = balancedTexts.chain((text) => balancedMoments(text));

  check(
    fc.property(cases, usable, ({ world: before, item }, nodes) => {
      const world = withLocations(settled(before), []);
      const members = world.configuration.clusters.get(cluster) ?? [];
      const wanting = members.filter((node) => wanted(node, item, world, true));

      const result = fanout(cluster, item, world, { nodes });

      expect(storedOn(result).toSorted()).toEqual(wanting.toSorted());
    }),
    1000,
  );
});

test('never a node that the upload would bring over its maxsize, under balanced expressions', () => {
  const cases = balancedTexts.chain((text) => balancedMoments(text));

  check(
    fc.property(cases, usable, ({ world, item }, nodes) => {
      for (const node of storedOn(fanout(cluster, item, world, { nodes }))) {
        const uuid = repositoryUuids.find((each) => each === node) ?? cluster;
        const maxsize = world.configuration.repositories.get(uuid)?.maxsizeBytes;
        const size = world.sizeBytes(uuid);
        if (maxsize === undefined || size === undefined) continue;
        expect(size + (item.key.sizeBytes ?? 0n)).toBeLessThanOrEqual(maxsize);
      }
    }),
    1000,
  );
});

test('stores on no holder, on no node twice, and says nothing else of holders', () => {
  check(
    fc.property(moments(), usable, ({ world, item }, nodes) => {
      const result = fanout(cluster, item, world, { nodes });
      const named = [...(result.kind === 'alreadyHeld' ? [] : result.nodes), ...result.holders];

      expect(new Set(named).size).toBe(named.length);
      expect(result.holders.every((node) => world.locations(item).includes(node))).toBe(true);
    }),
  );
});

test('a second put of the same key stores nothing more where copies are counted', () => {
  const cases = fc
    .constantFrom('not copies=nodes:1', 'not copies=nodes:2', 'balanced=nodes:2')
    .chain((text) => balancedMoments(text));

  check(
    fc.property(cases, usable, ({ world: before, item }, nodes) => {
      const world = withLocations(before, []);
      const first = fanout(cluster, item, world, { nodes });
      fc.pre(first.kind === 'store' && !before.configuration.rebalance);

      const again = withLocations(world, first.kind === 'store' ? first.nodes : []);

      expect(fanout(cluster, item, again, { nodes }).kind).toBe('alreadyHeld');
    }),
  );
});
