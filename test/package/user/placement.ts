import { parseKey, parseUuid, serializeKey, type Uuid } from 'ballast/key';
import {
  explain,
  fanout,
  formatExplanation,
  lintExpression,
  mayDrop,
  noSettings,
  wanted,
  type Configuration,
  type Item,
  type World,
} from 'ballast/placement';

function uuid(text: string): Uuid {
  const read = parseUuid(text);
  if (read === undefined) throw new Error(`${text} is no UUID`);
  return read;
}

const nodes = ['node1', 'node2', 'node3'].map(uuid);
const cluster = uuid('ac000000-0000-8000-8000-000000000000');
const configuration: Configuration = {
  repositories: new Map(
    nodes.map((node) => [
      node,
      { ...noSettings, groups: ['nodes'], wanted: 'balanced=nodes:2 and include=*.txt' },
    ]),
  ),
  groupwanted: new Map(),
  numcopies: 1,
  mincopies: 1,
  clusters: new Map([[cluster, nodes]]),
  fullyBalancedThresholdPercent: 90,
  rebalance: false,
};
const world: World = { configuration, locations: () => [], sizeBytes: () => 0n };
const key = parseKey('MD5-s5--5d41402abc4b2a76b9719d911017c592');
if (key === undefined) throw new Error('no key');
const item: Item = { key, keyText: serializeKey(key), file: 'hello.txt' };

const placed = fanout(cluster, item, world, {
  nodes: nodes.map((node) => ({ uuid: node, cost: 100 })),
});
const willing = nodes.filter((node) => wanted(node, item, world));
const reasons = nodes.map((node) =>
  formatExplanation(explain(node, item, world, 'wanted'), configuration),
);
const [first = cluster] = nodes;
const permission = mayDrop(
  first,
  item,
  { ...world, locations: () => nodes },
  {
    isLocal: true,
    verified: nodes,
  },
);
if (
  placed.kind !== 'store' ||
  placed.nodes.length !== 2 ||
  willing.length !== 2 ||
  reasons.some((reason) => !reason.includes('balanced=nodes:2')) ||
  permission.kind === 'refused' ||
  lintExpression('not present').length === 0
)
  throw new Error(`ballast/placement is not what it says: ${reasons.join('\n')}`);
