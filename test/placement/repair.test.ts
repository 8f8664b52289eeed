import { describe, expect, test } from 'vitest';
import {
  repairRound,
  settle,
  type RepairedContent,
  type RepairScope,
} from '../../src/placement/index.ts';
import { item, uuid, world, type Annex } from './annex.ts';

const cluster = uuid('ac205ac5-d1e7-852c-a284-af955a1e255e');
const content: RepairedContent = { ...item('SHA256-s10--x'), files: ['file'] };

/** Repositories by what they want; `n…` are nodes of a cluster. */
function annexOf(wanted: Readonly<Record<string, string | undefined>>, rest: Partial<Annex> = {}) {
  const repositories = Object.fromEntries(
    Object.entries(wanted).map(([name, text]) => [name, { wanted: text }]),
  );
  const nodes = Object.keys(wanted).filter((name) => name.startsWith('n'));
  return { repositories, clusters: { [cluster]: nodes }, ...rest };
}

/** All nodes, at these costs, and all others by themselves. */
function scopeOf(annex: Annex, costs: Readonly<Record<string, number>> = {}): RepairScope {
  const names = Object.keys(annex.repositories);
  const nodes = names
    .filter((name) => name.startsWith('n'))
    .map((name) => ({ uuid: uuid(name), cost: costs[name] ?? 100 }));
  const others = names.filter((name) => !name.startsWith('n')).map(uuid);
  return { clusters: new Map([[cluster, nodes]]), repositories: others };
}

const nothing = { gets: [], drops: [], full: [], lost: [], kept: [] };

describe('one round of repair', () => {
  test('has nodes get what an upload would put there, and others what they want', () => {
    const annex = annexOf({
      a: undefined,
      b: 'anything',
      c: 'nothing',
      n1: 'nothing',
      n2: 'anything',
      n3: undefined,
    });

    expect(repairRound(content, world(annex, { locations: ['a'] }), scopeOf(annex))).toEqual({
      ...nothing,
      gets: ['n2', 'n3', 'b'],
    });
  });

  test('puts on no node what no node wants, unlike an upload', () => {
    const annex = annexOf({ a: undefined, n1: 'nothing', n2: 'nothing' });

    expect(repairRound(content, world(annex, { locations: ['a'] }), scopeOf(annex))).toEqual(
      nothing,
    );
  });

  test('has copies made before others go, so that those count', () => {
    const annex = annexOf({ n1: 'nothing', n2: 'anything' }, { numcopies: 1 });

    expect(repairRound(content, world(annex, { locations: ['n1'] }), scopeOf(annex))).toEqual({
      ...nothing,
      gets: ['n2'],
      drops: ['n1'],
    });
  });

  test('lets one of two unwanted copies go where two are needed: the dearer one', () => {
    const annex = annexOf({ a: undefined, n1: 'nothing', n2: 'nothing' }, { numcopies: 2 });
    const now = world(annex, { locations: ['a', 'n1', 'n2'] });
    const refusals = [{ kind: 'numcopies', needed: 2, counted: ['a'], unproved: [] }];

    expect(repairRound(content, now, scopeOf(annex, { n1: 200 }))).toEqual({
      ...nothing,
      drops: ['n1'],
      kept: [{ repository: 'n2', refusals }],
    });
    expect(repairRound(content, now, scopeOf(annex, { n2: 200 }))).toMatchObject({ drops: ['n2'] });
  });

  test('lets the fullest of equally dear copies go, one without any room before all', () => {
    const wish = { wanted: 'nothing' };
    const annex: Annex = {
      repositories: {
        a: {},
        n1: { ...wish, maxsizeBytes: 100n },
        n2: { ...wish, maxsizeBytes: 0n },
        n3: wish,
      },
      clusters: { [cluster]: ['n1', 'n2', 'n3'] },
    };
    const dropped = (sizesBytes: Readonly<Record<string, bigint>>) =>
      repairRound(
        content,
        world(annex, { locations: ['a', 'n1', 'n2', 'n3'], sizesBytes }),
        scopeOf(annex),
      ).drops;

    expect(dropped({ n1: 50n, n2: 0n })).toEqual(['n2', 'n1', 'n3']);
    expect(dropped({ n1: 150n, n2: 0n })).toEqual(['n1', 'n2', 'n3']);
  });

  test('leaves the room that there is, to the byte, and passes a full node by', () => {
    const annex: Annex = {
      repositories: {
        a: {},
        n1: { wanted: 'not copies=2', maxsizeBytes: 100n },
        n2: { wanted: 'not copies=2' },
      },
      clusters: { [cluster]: ['n1', 'n2'] },
    };
    const round = (n1: bigint) =>
      repairRound(
        content,
        world(annex, { locations: ['a'], sizesBytes: { n1 } }),
        scopeOf(annex, { n2: 200 }),
      );

    expect(round(90n)).toEqual({ ...nothing, gets: ['n1'] });
    expect(round(91n)).toEqual({ ...nothing, gets: ['n2'], full: ['n1'] });
  });

  test('tells what is wanted and nobody has, or dead repositories alone', () => {
    const annex: Annex = {
      repositories: { dead: { trust: 'dead', wanted: 'nothing' }, a: { wanted: 'anything' } },
    };

    for (const locations of [[], ['dead']]) {
      expect(repairRound(content, world(annex, { locations }), scopeOf(annex))).toEqual({
        ...nothing,
        lost: ['a'],
      });
    }
  });

  test('leaves nodes of other clusters and clusters themselves as they are', () => {
    const annex = annexOf({ a: undefined, b: undefined, n1: 'nothing' });
    const now = world(
      { ...annex, repositories: { ...annex.repositories, [cluster]: { wanted: 'anything' } } },
      { locations: ['a', 'b', 'n1'] },
    );
    const nodes = [uuid('a'), uuid('b')].map((each) => ({ uuid: each, cost: 100 }));

    const scope = { clusters: new Map([[cluster, nodes]]), repositories: [cluster] };

    expect(repairRound(content, now, scope)).toEqual(nothing);
  });

  test('asks a node of two clusters once for its copy', () => {
    const other = uuid('ac305ac5-d1e7-852c-a284-af955a1e255e');
    const annex: Annex = {
      repositories: { a: {}, n1: { wanted: 'anything' } },
      clusters: { [cluster]: ['n1'], [other]: ['n1'] },
    };
    const nodes = [{ uuid: uuid('n1'), cost: 100 }];
    const clusters = new Map([cluster, other].map((each) => [each, nodes] as const));

    expect(repairRound(content, world(annex, { locations: ['a'] }), { clusters }).gets).toEqual([
      'n1',
    ]);
  });

  test('counts a copy that can only be verified for numcopies, and not for mincopies', () => {
    const annex: Annex = { repositories: { a: {}, b: { wanted: 'nothing' } } };
    const scope: RepairScope = { ...scopeOf(annex), proof: () => 'verified' };
    const refusals = [{ kind: 'mincopies', needed: 1, counted: [], unproved: ['a'] }];

    expect(repairRound(content, world(annex, { locations: ['a', 'b'] }), scope)).toEqual({
      ...nothing,
      kept: [{ repository: 'b', refusals }],
    });
  });
});

describe('repair to the end', () => {
  test('follows what one move makes others want', () => {
    const annex = annexOf({ a: 'nothing', b: 'copies=2', n1: 'not copies=2' });

    expect(settle(content, world(annex, { locations: ['a'] }), scopeOf(annex))).toMatchObject({
      kind: 'settled',
      moves: [
        { kind: 'get', repository: 'n1' },
        { kind: 'get', repository: 'b' },
        { kind: 'drop', repository: 'a' },
        { kind: 'drop', repository: 'b' },
      ],
      last: nothing,
    });
  });

  test('tells of moves that come again and again, without those that come once', () => {
    const annex: Annex = {
      repositories: {
        a: {},
        b: { wanted: 'copies=nodes:1', groups: ['archive'] },
        c: { wanted: 'not copies=archive:1', groups: ['nodes'] },
        z: { wanted: 'anything' },
      },
    };

    const settled = settle(content, world(annex, { locations: ['a'] }), scopeOf(annex));

    expect(settled).toMatchObject({ kind: 'cycle', period: 4 });
    expect(settled.moves.filter(({ repository }) => repository === 'z')).toHaveLength(1);
    expect(settled.moves).toHaveLength(6);
  });
});
