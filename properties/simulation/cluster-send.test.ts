/**
 * What is simulated of uploads to a cluster is what a gateway does: the same contents, sent in the same order
 * to a simulated cluster and to one that is served, lie on the same nodes in the end, and both gateways have
 * the same of them in their logs.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey, serializeKey, type Key } from '../../src/key/index.ts';
import {
  noSettings,
  type Configuration,
  type RepositorySettings,
  type TrustLevel,
} from '../../src/placement/index.ts';
import type { Simulation } from '../../src/simulation/index.ts';
import { clusterUuid } from '../../src/simulation/random/identities.ts';
import type { Uuid } from '../../src/units/index.ts';
import { run, runOn } from '../../test/simulation/runner.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { checkAsync } from '../settings.ts';
import { MemoryGateway, type Sent } from './memory-gateway.ts';

const nodes = ['n1', 'n2', 'n3', 'n4'] as const;
type Node = (typeof nodes)[number];

interface DrawnNode {
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly trust: TrustLevel;
  readonly isInGroup: boolean;
  readonly maxsizeBytes: bigint | undefined;
  readonly isDown: boolean;
  readonly cost: number;
  readonly diskBytes: bigint | undefined;
}

interface Drawn {
  readonly nodes: readonly DrawnNode[];
  /** Of each content: how large it is, and which nodes had it before anything was sent. */
  readonly contents: readonly { readonly bytes: bigint; readonly held: readonly Node[] }[];
  /** The nodes of which the gateway knows what they had. */
  readonly told: readonly Node[];
  /** Nodes whose disks were lost since, which nobody knows. */
  readonly lost: readonly Node[];
  readonly refusesUnwanted: boolean;
}

const expressions = fc.constantFrom(
  undefined,
  'anything',
  'nothing',
  'balanced=g:2',
  'balanced=g',
  'sizebalanced=g',
  'fullybalanced=g:2',
  'not copies=2',
  'present or not copies=g:1',
  'largerthan=30B',
);

const drawn: fc.Arbitrary<Drawn> = fc.record({
  nodes: fc.array(
    fc.record({
      wanted: expressions,
      required: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, expressions),
      trust: fc.constantFrom<TrustLevel[]>('semitrusted', 'semitrusted', 'untrusted', 'dead'),
      isInGroup: fc.integer({ min: 1, max: 4 }).map((number) => number > 1),
      maxsizeBytes: fc.option(fc.constantFrom(40n, 60n, 100n, 200n), { nil: undefined }),
      isDown: fc.integer({ min: 1, max: 3 }).map((number) => number === 1),
      cost: fc.constantFrom(100, 100, 50, 200),
      diskBytes: fc.option(fc.constantFrom(10n, 60n), { nil: undefined, freq: 5 }),
    }),
    { minLength: nodes.length, maxLength: nodes.length },
  ),
  contents: fc.array(
    fc.record({
      bytes: fc.constantFrom(5n, 20n, 40n),
      held: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...nodes])),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  told: fc.oneof(fc.constant(nodes), fc.subarray([...nodes])),
  lost: fc.subarray([...nodes]),
  refusesUnwanted: fc.boolean(),
});

function uuidOf(node: Node): Uuid {
  const uuid = repositoryUuids[nodes.indexOf(node)];
  if (uuid === undefined) throw new RangeError(`there is no ${node}`);
  return uuid;
}

function keyOf(content: number, bytes: bigint): Key {
  const key = parseKey(`WORM-s${bytes}-m1--${content}`);
  if (key === undefined) throw new RangeError('no key');
  return key;
}

function zeros(bytes: bigint): Buffer {
  return Buffer.alloc(Number(bytes));
}

/** Everything before the first content is sent, as a simulation. */
function* beginning({
  nodes: all,
  contents,
  told,
  lost,
  refusesUnwanted,
}: Drawn): Generator<string> {
  yield 'init client\ninit gate\nconnect client -> gate';
  for (const [index, node] of nodes.entries()) {
    const own = all[index];
    yield `inituuid ${node} ${uuidOf(node)}\nconnect gate -> ${node}`;
    if (own === undefined) continue;
    yield `trustlevel ${node} ${own.trust}`;
    if (own.wanted !== undefined) yield `wanted ${node} ${own.wanted}`;
    if (own.required !== undefined) yield `required ${node} ${own.required}`;
    if (own.isInGroup) yield `group ${node} g`;
    if (own.maxsizeBytes !== undefined) yield `maxsize ${node} ${own.maxsizeBytes}B`;
  }
  yield `cluster pool gate ${nodes.join(' ')}`;
  yield `unwanted pool ${refusesUnwanted ? 'refuse' : 'store'}`;
  for (const [index, node] of nodes.entries()) {
    yield `nodecost pool ${node} ${all[index]?.cost ?? 100}`;
  }
  for (const [content, { bytes, held }] of contents.entries()) {
    yield `addkey f${content} ${serializeKey(keyOf(content, bytes))} client ${held.join(' ')}`;
  }
  for (const node of told) yield `action gate gitpull ${node}`;
  for (const node of lost) yield `lose ${node}`;
  for (const [index, node] of nodes.entries()) {
    const own = all[index];
    if (own?.diskBytes !== undefined) yield `disk ${node} ${own.diskBytes}B`;
    if (own?.isDown) yield `down ${node}`;
  }
}

function configurationOf({ nodes: all }: Drawn): Configuration {
  const settings = nodes.map((node, index): [Uuid, RepositorySettings] => {
    const drawn = all[index];
    if (drawn === undefined) return [uuidOf(node), noSettings];
    const { wanted, required, trust, maxsizeBytes, isInGroup } = drawn;
    const groups = isInGroup ? ['g'] : [];
    // One that is described has a size from the beginning, as in simulations.
    const description = node;
    return [
      uuidOf(node),
      { ...noSettings, description, wanted, required, trust, maxsizeBytes, groups },
    ];
  });
  return {
    repositories: new Map(settings),
    groupwanted: new Map(),
    numcopies: 1,
    mincopies: 1,
    clusters: new Map([[clusterUuid('pool'), nodes.map(uuidOf)]]),
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
  };
}

/** The same as the {@link beginning}, behind a gateway that serves. */
function gatewayOf(drawn: Drawn): MemoryGateway {
  const gateway = new MemoryGateway({
    cluster: clusterUuid('pool'),
    nodes: nodes.flatMap((name, index) => {
      const own = drawn.nodes[index];
      return own === undefined ? [] : { ...own, uuid: uuidOf(name), name };
    }),
    configuration: configurationOf(drawn),
    refusesUnwanted: drawn.refusesUnwanted,
  });
  for (const [content, { bytes, held }] of drawn.contents.entries()) {
    const key = keyOf(content, bytes);
    for (const name of held) {
      if (drawn.told.includes(name)) gateway.record(key, uuidOf(name), true);
      if (!drawn.lost.includes(name))
        gateway.node(name).contents.set(serializeKey(key), zeros(bytes));
    }
  }
  return gateway;
}

/** All that is true, and known to the gateway, of a content: who holds it. */
interface Held {
  readonly real: readonly Node[];
  readonly logged: readonly Node[];
}

/** Who holds a content, and is thought to, in a simulation and at a gateway. */
function heldIn(simulation: Simulation, content: number): Held {
  const isHeld = (view: string, repository: Node): boolean =>
    simulation.world.holds(`f${content}`, { view, repository });
  return {
    real: nodes.filter((node) => isHeld(node, node)),
    logged: nodes.filter((node) => isHeld('gate', node)),
  };
}

function heldAt(gateway: MemoryGateway, key: Key): Held {
  const logged = gateway.logged(key);
  return {
    real: nodes.filter((node) => gateway.node(node).contents.has(serializeKey(key))),
    logged: nodes.filter((node) => logged.includes(uuidOf(node))),
  };
}

/** Fewer troubles, so that there is something that repair can do. */
const calmer: fc.Arbitrary<Drawn> = drawn.map((drawn) => ({
  ...drawn,
  told: nodes,
  lost: drawn.lost.slice(0, 1),
  nodes: drawn.nodes.map((node, index) => ({ ...node, isDown: node.isDown && index === 0 })),
}));

test('a simulated repair of a cluster ends where that of its gateway does', async () => {
  const counted = { gets: 0, drops: 0, nothing: 0 };
  await checkAsync(
    fc.asyncProperty(fc.oneof(drawn, calmer), async (drawn) => {
      const { simulation, end } = run([...beginning(drawn)].join('\n'));
      expect(end).toEqual({ kind: 'done' });
      const gateway = gatewayOf(drawn);
      const sent = drawn.contents.map(({ bytes }, content) => ({
        content,
        key: keyOf(content, bytes),
        file: `f${content}`,
      }));
      const before = sent.map(({ content }) => heldIn(simulation, content));

      for (let walks = 0, isMoved = true; isMoved && walks < 50; walks += 1) {
        isMoved = false;
        for (const each of sent) {
          const { before, after } = await gateway.repair(each);
          isMoved ||= before !== after;
        }
      }
      expect(runOn(simulation, 'repair pool')).toEqual({ kind: 'done' });

      for (const { content, key } of sent) {
        const after = heldIn(simulation, content);
        expect([content, after]).toEqual([content, heldAt(gateway, key)]);
        const had = before[content]?.real ?? [];
        const got = after.real.filter((node) => !had.includes(node));
        const gone = had.filter((node) => !after.real.includes(node));
        if (got.length > 0) counted.gets += 1;
        if (gone.length > 0) counted.drops += 1;
        if (got.length + gone.length === 0) counted.nothing += 1;
      }
    }),
    250,
  );
  for (const [what, count] of Object.entries(counted))
    expect([what, count > 10]).toEqual([what, true]);
});

test('a simulated upload to a cluster ends on the nodes that its gateway puts it on', async () => {
  const counted: Record<Sent['kind'] | 'one' | 'several' | 'falseHolder', number> = {
    held: 0,
    away: 0,
    unwanted: 0,
    notStored: 0,
    stored: 0,
    one: 0,
    several: 0,
    falseHolder: 0,
  };

  await checkAsync(
    fc.asyncProperty(drawn, async (drawn) => {
      const { simulation, end } = run([...beginning(drawn)].join('\n'));
      expect(end).toEqual({ kind: 'done' });
      const gateway = gatewayOf(drawn);
      const simulated = (content: number): Held => heldIn(simulation, content);
      const served = (key: Key): Held => heldAt(gateway, key);

      for (const [content, { bytes }] of drawn.contents.entries()) {
        const [file, key] = [`f${content}`, keyOf(content, bytes)];
        const before = simulated(content);
        expect(before).toEqual(served(key));
        const { kind, told } = await gateway.send({ key, file });
        expect(runOn(simulation, `copyto client pool ${file}`)).toEqual({ kind: 'done' });

        const after = simulated(content);
        expect(after).toEqual(served(key));
        const got = after.real.filter((node) => !before.real.includes(node));
        expect(got.map(uuidOf).toSorted()).toEqual(told.toSorted());
        for (const repository of got) {
          expect(simulation.world.holds(file, { view: 'client', repository })).toBe(true);
        }
        counted[kind] += 1;
        if (got.length === 1) counted.one += 1;
        if (got.length > 1) counted.several += 1;
        if (kind !== 'held' && before.logged.some((node) => !before.real.includes(node))) {
          counted.falseHolder += 1;
        }
      }
    }),
    150,
  );

  for (const [kind, count] of Object.entries(counted)) {
    expect([kind, count > 20]).toEqual([kind, true]);
  }
});
