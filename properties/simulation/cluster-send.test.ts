/**
 * What is simulated of uploads to a cluster is what its gateway does: who gets a content follows from
 * `fanout` on the facts that the gateway has, as its placing gives them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey, serializeKey, type Key } from '../../src/key/index.ts';
import {
  fanout,
  noSettings,
  type Configuration,
  type Fanout,
  type RepositorySettings,
  type TrustLevel,
  type World,
} from '../../src/placement/index.ts';
import { clusterUuid } from '../../src/simulation/random/identities.ts';
import type { Uuid } from '../../src/units/index.ts';
import { logOf, run, runOn } from '../../test/simulation/runner.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

const nodes = ['n1', 'n2', 'n3', 'n4'] as const;
type Node = (typeof nodes)[number];

interface DrawnNode {
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly trust: TrustLevel;
  readonly isInGroup: boolean;
  readonly maxsizeBytes: bigint | undefined;
  readonly isDown: boolean;
}

interface Drawn {
  readonly nodes: readonly DrawnNode[];
  /** Of each content: how large it is, and which nodes had it before anything was sent. */
  readonly contents: readonly { readonly bytes: bigint; readonly held: readonly Node[] }[];
  /** The nodes of which the gateway knows what they had. */
  readonly told: readonly Node[];
  /** A node whose disk was lost since, which nobody knows. */
  readonly lost: Node | undefined;
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
  told: fc.subarray([...nodes]),
  lost: fc.option(fc.constantFrom(...nodes), { nil: undefined, freq: 2 }),
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

/** Everything before the first content is sent, as a simulation. */
function* beginning({ nodes: all, contents, told, lost }: Drawn): Generator<string> {
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
  for (const [content, { bytes, held }] of contents.entries()) {
    yield `addkey f${content} ${serializeKey(keyOf(content, bytes))} client ${held.join(' ')}`;
  }
  for (const node of told) yield `action gate gitpull ${node}`;
  if (lost !== undefined) yield `lose ${lost}`;
  for (const [index, node] of nodes.entries()) if (all[index]?.isDown) yield `down ${node}`;
}

/** The facts that a gateway has, kept by the plainest means. */
class Gateway {
  /** What really lies on nodes, and what the gateway's logs say of them: contents by number. */
  readonly real = new Map<Node, Set<number>>();
  readonly logged = new Map<Node, Set<number>>();
  readonly #drawn: Drawn;

  constructor(of: Drawn) {
    this.#drawn = of;
    for (const node of nodes) {
      const held = of.contents.flatMap((each, content) =>
        each.held.includes(node) ? [content] : [],
      );
      this.real.set(node, new Set(of.lost === node ? [] : held));
      this.logged.set(node, new Set(of.told.includes(node) ? held : []));
    }
  }

  isUp(node: Node): boolean {
    const drawn = this.#drawn.nodes[nodes.indexOf(node)];
    return drawn !== undefined && !drawn.isDown;
  }

  /** Where a content goes; `undefined` when its client does not send it, as it is there or may be. */
  decide(content: number): readonly Node[] | undefined {
    const up = nodes.filter((node) => this.isUp(node));
    if (up.length === 0 || up.some((node) => this.real.get(node)?.has(content))) return undefined;
    const isAway = (node: Node): boolean => !this.isUp(node);
    if (nodes.some((node) => isAway(node) && this.logged.get(node)?.has(content))) return undefined;
    // Who is asked and has none is no holder any more.
    for (const node of up) this.logged.get(node)?.delete(content);
    const first = this.#fanout(content, nodes);
    let decided = first;
    let usable: readonly Node[] = nodes;
    while (decided.nodes.some(isAway)) {
      const { nodes: chosen } = decided;
      usable = usable.filter((node) => !(chosen.includes(node) && isAway(node)));
      decided = this.#fanout(content, usable);
    }
    return first.kind === 'store' && decided.kind === 'unwanted' ? [] : decided.nodes;
  }

  #fanout(
    content: number,
    usable: readonly Node[],
  ): { readonly kind: Fanout['kind']; readonly nodes: readonly Node[] } {
    const key = keyOf(content, this.#drawn.contents[content]?.bytes ?? 0n);
    const item = { key, keyText: serializeKey(key), file: `f${content}` };
    const decided = fanout(clusterUuid('pool'), item, this.#world(content), {
      nodes: usable.map((node) => ({ uuid: uuidOf(node), cost: 100 })),
    });
    const uuids = decided.kind === 'alreadyHeld' ? [] : decided.nodes;
    const named = uuids.map((uuid) => nodes.find((node) => uuidOf(node) === uuid) ?? 'n1');
    return { kind: decided.kind, nodes: named };
  }

  #world(content: number): World {
    return {
      configuration: configurationOf(this.#drawn),
      locations: () => nodes.filter((node) => this.logged.get(node)?.has(content)).map(uuidOf),
      sizeBytes: (uuid) => {
        const node = nodes.find((each) => uuidOf(each) === uuid) ?? 'n1';
        return [...(this.logged.get(node) ?? [])].reduce(
          (sum, each) => sum + (this.#drawn.contents[each]?.bytes ?? 0n),
          0n,
        );
      },
    };
  }

  note(node: Node, content: number): void {
    this.real.get(node)?.add(content);
    this.logged.get(node)?.add(content);
  }
}

function configurationOf({ nodes: all }: Drawn): Configuration {
  const settings = nodes.map((node, index): [Uuid, RepositorySettings] => {
    const drawn = all[index];
    if (drawn === undefined) return [uuidOf(node), noSettings];
    const { isInGroup, isDown: _, ...own } = drawn;
    return [uuidOf(node), { ...noSettings, ...own, groups: isInGroup ? ['g'] : [] }];
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

test('a simulated upload to a cluster goes where `fanout` sends it on the facts of the gateway', () => {
  const counted = { several: 0, one: 0, none: 0, heldAlready: 0, notAll: 0 };

  check(
    fc.property(drawn, (drawn) => {
      const { simulation, end } = run([...beginning(drawn)].join('\n'));
      expect(end).toEqual({ kind: 'done' });
      const gateway = new Gateway(drawn);

      for (const content of drawn.contents.keys()) {
        const before = logOf(simulation).length;
        expect(runOn(simulation, `copyto client pool f${content}`)).toEqual({ kind: 'done' });
        const stored = [
          ...logOf(simulation)
            .slice(before)
            .matchAll(/^present (\S+) \S+$/gm),
        ];
        const expected = gateway.decide(content);

        expect(stored.map(([, node]) => node)).toEqual(expected ?? []);

        for (const node of expected ?? []) {
          gateway.note(node, content);
          for (const view of ['gate', 'client', node]) {
            const belief = { view, repository: node };
            expect(simulation.world.holds(`f${content}`, belief)).toBe(true);
          }
        }
        if (expected === undefined) counted.heldAlready += 1;
        else if (expected.length > 1) counted.several += 1;
        else if (expected.length === 1) counted.one += 1;
        else counted.none += 1;
        if (expected !== undefined && expected.length > 0 && expected.length < 4) {
          counted.notAll += 1;
        }
      }
    }),
  );

  for (const count of Object.values(counted)) expect(count).toBeGreaterThan(20);
});
