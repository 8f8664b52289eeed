import { expect, test } from 'vitest';
import fc from 'fast-check';
import { modelRound, modelSettle, worldWithHolders } from '../../models/repair.ts';
import {
  fanout,
  mayDrop,
  repairRound,
  settle,
  wanted,
  wouldWantIfAbsent,
  type Item,
  type RepairMove,
} from '../../src/placement/index.ts';
import { worldAfter } from '../../src/placement/world/world-after.ts';
import type { Uuid } from '../../src/units/index.ts';
import { repairs, type Repair } from '../arbitraries/repairs.ts';
import { check } from '../settings.ts';

const runs = 1000;

function itemsOf({ content: { key, keyText, files } }: Repair): readonly Item[] {
  return (files.length === 0 ? [undefined] : files).map((file) => ({ key, keyText, file }));
}

function holdersOf({ content: { key, keyText }, world }: Repair): readonly Uuid[] {
  return world.locations({ key, keyText, file: undefined });
}

/** Who has the content before each move, and after all. */
function statesOf(repair: Repair, moves: readonly RepairMove[]): readonly (readonly Uuid[])[] {
  const states = [[...holdersOf(repair)]];
  for (const { kind, repository } of moves) {
    const now = states.at(-1) ?? [];
    if (kind === 'get') states.push([...now, repository]);
    else states.push(now.filter((uuid) => uuid !== repository));
  }
  return states;
}

function sorted(uuids: readonly Uuid[] | undefined): readonly Uuid[] {
  return (uuids ?? []).toSorted();
}

test('a round is the one of the naive model', () => {
  const seen = { gets: 0, drops: 0, full: 0, lost: 0, kept: 0 };

  check(
    fc.property(repairs, ({ content, world, scope }) => {
      const round = repairRound(content, world, scope);

      const kept = round.kept.map(
        ({ repository, refusals }) => `${repository} ${refusals.map(({ kind }) => kind).join(' ')}`,
      );
      expect({ ...round, kept }).toEqual(modelRound(content, world, scope));
      for (const name of ['gets', 'drops', 'full', 'lost', 'kept'] as const) {
        if (round[name].length > 0) seen[name] += 1;
      }
    }),
    runs,
  );

  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(runs / 25);
});

test('all rounds are those of the naive model, and so is the period of what never settles', () => {
  const seen = { settled: 0, cycle: 0 };

  check(
    fc.property(repairs, ({ content, world, scope }) => {
      const settled = settle(content, world, scope);

      const model = modelSettle(content, world, scope);
      const isCycle = settled.kind === 'cycle';
      const last = isCycle ? undefined : settled.last;
      expect({
        moves: settled.moves.map(({ kind, repository }) => `${kind} ${repository}`),
        period: isCycle ? settled.period : undefined,
        full: last?.full,
        lost: last?.lost,
        kept: last?.kept.length,
      }).toEqual({
        moves: model.moves,
        period: model.period,
        full: model.last?.full,
        lost: model.last?.lost,
        kept: model.last?.kept.length,
      });
      if (settled.moves.length > 0) seen[settled.kind] += 1;
    }),
    runs,
  );

  expect(seen.settled).toBeGreaterThan(runs / 4);
  expect(seen.cycle).toBeGreaterThan(runs / 200);
});

test('nothing is left to do once the moves are made', () => {
  check(
    fc.property(repairs, (repair) => {
      const { content, world, scope } = repair;
      const settled = settle(content, world, scope);
      if (settled.kind === 'cycle') return;

      const end = statesOf(repair, settled.moves).at(-1) ?? [];
      const round = repairRound(content, worldWithHolders(world, content, end), scope);

      expect([...round.gets, ...round.drops]).toEqual([]);
      expect(round).toEqual(settled.last);
    }),
    runs,
  );
});

test('the last moves of what never settles lead from a state back to it, and from no later one', () => {
  let cycles = 0;

  check(
    fc.property(repairs, (repair) => {
      const { content, world, scope } = repair;
      const settled = settle(content, world, scope);
      if (settled.kind === 'settled') return;
      cycles += 1;

      const states = statesOf(repair, settled.moves);
      const begin = states[settled.moves.length - settled.period] ?? [];
      expect(sorted(states.at(-1))).toEqual(sorted(begin));
      const again = settle(content, worldWithHolders(world, content, begin), scope);
      expect(again).toEqual({
        kind: 'cycle',
        moves: settled.moves.slice(-settled.period),
        period: settled.period,
      });
    }),
    runs,
  );

  expect(cycles).toBeGreaterThan(runs / 200);
});

test('each get is wanted by its repository, or placed by its cluster, when its turn comes', () => {
  let gets = 0;

  check(
    fc.property(repairs, (repair) => {
      const { content, world, scope } = repair;
      const { moves } = settle(content, world, scope);

      const states = statesOf(repair, moves);
      for (const [place, { kind, repository }] of moves.entries()) {
        if (kind === 'drop') continue;
        gets += 1;
        const holders = states[place] ?? [];
        const now = worldWithHolders(world, content, holders);
        const items = itemsOf(repair);
        const isPlaced = [...scope.clusters].some(([cluster, nodes]) =>
          items.some((item) => {
            const placed = fanout(cluster, item, now, {
              nodes: nodes.filter(({ uuid }) => uuid === repository),
            });
            return placed.kind === 'store' && placed.nodes.includes(repository);
          }),
        );
        expect(isPlaced || items.some((item) => wanted(repository, item, now))).toBe(true);
        expect(holders).not.toContain(repository);
        expect(world.configuration.repositories.get(repository)?.trust).not.toBe('dead');
        const sources = holders.filter(
          (uuid) => world.configuration.repositories.get(uuid)?.trust !== 'dead',
        );
        expect(sources).not.toEqual([]);
      }
    }),
    runs,
  );

  expect(gets).toBeGreaterThan(runs / 4);
});

test('each drop is of a copy that no file wants there, is allowed, and leaves copies enough', () => {
  let drops = 0;

  check(
    fc.property(repairs, (repair) => {
      const { content, world, scope } = repair;
      const { moves } = settle(content, world, scope);

      const states = statesOf(repair, moves);
      const { configuration } = world;
      for (const [place, { kind, repository }] of moves.entries()) {
        if (kind === 'get') continue;
        drops += 1;
        const now = worldWithHolders(world, content, states[place] ?? []);
        const items = itemsOf(repair);
        const [item, ...others] = items;
        if (item === undefined) throw new Error('there is always one');
        expect(items.some((each) => wouldWantIfAbsent(repository, each, now, true))).toBe(false);
        const left = states[place + 1] ?? [];
        const otherFiles = others.flatMap(({ file }) => file ?? []);
        const proofs = {
          locked: left.filter((uuid) => scope.proof?.(uuid) === 'locked'),
          verified: left.filter((uuid) => scope.proof?.(uuid) === 'verified'),
        };
        expect(mayDrop(repository, item, now, { ...proofs, otherFiles }).kind).toBe('granted');
        const counted = left.filter((uuid) => {
          const trust = configuration.repositories.get(uuid)?.trust ?? 'semitrusted';
          return trust === 'semitrusted' || trust === 'trusted';
        });
        const needed = items.map((each) =>
          each.file === undefined ? undefined : world.attributeNumcopies?.(each),
        );
        const most = Math.max(1, ...needed.map((own) => own ?? configuration.numcopies ?? 1));
        expect(counted.length).toBeGreaterThanOrEqual(most);
      }
    }),
    runs,
  );

  expect(drops).toBeGreaterThan(runs / 20);
});

test('no get brings a repository over its maxsize', () => {
  let tight = 0;

  check(
    fc.property(repairs, (repair) => {
      const { content, world, scope } = repair;
      const { moves } = settle(content, world, scope);

      const states = statesOf(repair, moves);
      for (const [place, { kind, repository }] of moves.entries()) {
        const maxsize = world.configuration.repositories.get(repository)?.maxsizeBytes;
        if (kind === 'drop' || maxsize === undefined) continue;
        tight += 1;
        const after = worldWithHolders(world, content, states[place + 1] ?? []);
        expect(after.sizeBytes(repository) ?? 0n).toBeLessThanOrEqual(maxsize);
      }
    }),
    runs,
  );

  expect(tight).toBeGreaterThan(runs / 20);
});

test('nobody is in two lists of a round, or twice in one', () => {
  check(
    fc.property(repairs, ({ content, world, scope }) => {
      const { gets, drops, full, lost, kept } = repairRound(content, world, scope);
      const named = [gets, drops, full, lost, kept.map(({ repository }) => repository)].flat();

      expect(new Set(named).size).toBe(named.length);
    }),
    runs,
  );
});

test('a world after gets and drops has other locations of the content and other sizes, and else is the same', () => {
  check(
    fc.property(repairs, fc.nat(), fc.nat(), (repair, someGets, someDrops) => {
      const { content, world } = repair;
      const before = holdersOf(repair);
      const uuids = [...world.configuration.repositories.keys()];
      const gets = uuids.filter((uuid, at) => !before.includes(uuid) && (someGets >> at) % 2 === 1);
      const drops = before.filter((_, at) => (someDrops >> at) % 2 === 1);
      const item = { ...content, file: 'x' };

      const after = worldAfter(world, item, gets, drops);

      const holders = [...before, ...gets].filter((uuid) => !drops.includes(uuid));
      const model = worldWithHolders(world, content, holders);
      expect(after.locations(item)).toEqual(holders);
      expect(after.locations({ ...item, keyText: 'another' })).toEqual(before);
      for (const uuid of uuids) expect(after.sizeBytes(uuid)).toBe(model.sizeBytes(uuid));
      expect(after.urls?.(item)).toEqual(world.urls?.(item));
      expect(after.attributeMincopies?.(item)).toBe(world.attributeMincopies?.(item));
    }),
    runs,
  );
});
