/**
 * What repair does about one content, in the smallest terms: who wants it by models/preferred-content.ts, where a
 * cluster stores it by models/fanout.ts, and copies counted one by one. States are sets of holders, written as texts.
 */
import type { RepairedContent, RepairScope, UsableNode, World } from '../src/placement/index.ts';
import type { Uuid } from '../src/units/index.ts';
import { modelStore } from './fanout.ts';
import { modelMatch } from './preferred-content.ts';

/** One round, with each kept copy as its repository and the kinds of its refusals. */
export interface ModelRound {
  readonly gets: readonly Uuid[];
  readonly drops: readonly Uuid[];
  readonly full: readonly Uuid[];
  readonly lost: readonly Uuid[];
  readonly kept: readonly string[];
}

/** All rounds: `moves` as texts such as `get UUID`. */
export interface ModelSettled {
  readonly moves: readonly string[];
  readonly period: number | undefined;
  readonly last: ModelRound | undefined;
}

/** The world when exactly these have the content: sizes follow, never below nothing. */
export function worldWithHolders(
  world: World,
  { key, keyText }: RepairedContent,
  holders: readonly Uuid[],
): World {
  const before = world.locations({ key, keyText, file: undefined });
  const bytes = key.sizeBytes ?? 0n;
  return {
    ...world,
    locations: () => holders,
    sizeBytes: (uuid) => {
      const size = world.sizeBytes(uuid);
      if (holders.includes(uuid) && !before.includes(uuid)) return (size ?? 0n) + bytes;
      if (!before.includes(uuid) || holders.includes(uuid) || size === undefined) return size;
      return size > bytes ? size - bytes : 0n;
    },
  };
}

/** What is to be done in a world. */
export function modelRound(content: RepairedContent, world: World, scope: RepairScope): ModelRound {
  const { key, keyText, files } = content;
  const { repositories, clusters } = world.configuration;
  const items = (files.length === 0 ? [undefined] : files).map((file) => ({ key, keyText, file }));
  const begun = world.locations({ key, keyText, file: undefined });
  const settings = (uuid: Uuid) => repositories.get(uuid);
  const isDead = (uuid: Uuid): boolean => settings(uuid)?.trust === 'dead';
  const fits = (uuid: Uuid, now: World): boolean => {
    const most = settings(uuid)?.maxsizeBytes;
    return most === undefined || (now.sizeBytes(uuid) ?? 0n) + (key.sizeBytes ?? 0n) <= most;
  };

  const gets: Uuid[] = [];
  const full = new Set<Uuid>();
  const gotten = (): World => worldWithHolders(world, content, [...begun, ...gets]);
  for (const [cluster, nodes] of scope.clusters) {
    const roomy = nodes.filter(({ uuid }) => fits(uuid, gotten()));
    const tight = nodes.filter((node) => !roomy.includes(node));
    for (const item of items) {
      const all = modelStore({ cluster, item, world: gotten(), nodes });
      for (const { uuid } of tight) if (all.includes(uuid)) full.add(uuid);
      gets.push(...modelStore({ cluster, item, world: gotten(), nodes: roomy }));
    }
  }
  for (const repository of scope.repositories ?? []) {
    const now = gotten();
    if (isDead(repository) || clusters.has(repository) || holdersIn(now).includes(repository))
      continue;
    const wants = items.map((item) => modelMatch({ repository, item, world: now, isGone: false }));
    if (!wants.includes(true)) continue;
    if (fits(repository, now)) gets.push(repository);
    else full.add(repository);
  }
  if (begun.every((uuid) => isDead(uuid))) {
    return { gets: [], drops: [], full: [], lost: [...gets, ...full], kept: [] };
  }

  const drops: Uuid[] = [];
  const kept: string[] = [];
  for (const uuid of leaversIn(world, begun, scope)) {
    const holders = [...begun, ...gets].filter((each) => !drops.includes(each));
    const now = worldWithHolders(world, content, holders);
    const wants = items.map((item) =>
      modelMatch({ repository: uuid, item, world: now, isGone: true }),
    );
    if (wants.some((isWanted) => isWanted !== false)) continue;
    const others = holders.filter((each) => each !== uuid);
    const refusals = refusalsOf(uuid, { items, now, others, scope });
    if (refusals.length === 0) drops.push(uuid);
    else kept.push(`${uuid} ${refusals.join(' ')}`);
  }
  return { gets, drops, full: [...full], lost: [], kept };

  function holdersIn(now: World): readonly Uuid[] {
    return now.locations({ key, keyText, file: undefined });
  }
}

/** Round after round, until nothing is left or a set of holders comes again. */
export function modelSettle(
  content: RepairedContent,
  world: World,
  scope: RepairScope,
): ModelSettled {
  const { key, keyText } = content;
  let holders = sorted(world.locations({ key, keyText, file: undefined }));
  const states = [holders.join(' ')];
  const counts = [0];
  const moves: string[] = [];
  for (;;) {
    const round = modelRound(content, worldWithHolders(world, content, holders), scope);
    if (round.gets.length + round.drops.length === 0) {
      return { moves, period: undefined, last: round };
    }
    moves.push(...round.gets.map((uuid) => `get ${uuid}`));
    moves.push(...round.drops.map((uuid) => `drop ${uuid}`));
    holders = sorted([...holders, ...round.gets].filter((uuid) => !round.drops.includes(uuid)));
    const before = states.indexOf(holders.join(' '));
    if (before >= 0) {
      return { moves, period: moves.length - (counts[before] ?? 0), last: undefined };
    }
    states.push(holders.join(' '));
    counts.push(moves.length);
  }
}

function sorted(uuids: readonly Uuid[]): Uuid[] {
  return uuids.toSorted((one, other) => (one < other ? -1 : 1));
}

/** Members of the clusters that are asked, and who is asked alone: dearest, fullest, highest UUID first. */
function leaversIn(world: World, begun: readonly Uuid[], scope: RepairScope): readonly Uuid[] {
  const { repositories, clusters } = world.configuration;
  const nodes: UsableNode[] = [...scope.clusters].flatMap(([cluster, all]) =>
    all.filter(({ uuid }) => clusters.get(cluster)?.includes(uuid) === true),
  );
  const costOf = (uuid: Uuid): number => nodes.find((node) => node.uuid === uuid)?.cost ?? 0;
  const left = (uuid: Uuid): number => {
    const most = repositories.get(uuid)?.maxsizeBytes;
    if (most === undefined) return 1;
    return most === 0n ? 0 : 1 - Number(world.sizeBytes(uuid) ?? 0n) / Number(most);
  };
  const asked = new Set([...nodes.map(({ uuid }) => uuid), ...(scope.repositories ?? [])]);
  return begun
    .filter((uuid) => asked.has(uuid))
    .filter((uuid) => repositories.get(uuid)?.trust !== 'dead' && !clusters.has(uuid))
    .toSorted(
      (one, other) =>
        costOf(other) - costOf(one) || left(one) - left(other) || (one < other ? 1 : -1),
    );
}

interface Leaving {
  readonly items: readonly Parameters<World['locations']>[0][];
  readonly now: World;
  readonly others: readonly Uuid[];
  readonly scope: RepairScope;
}

/** Copies that cannot go meanwhile count for both; those that were only asked for count for numcopies. */
function refusalsOf(repository: Uuid, { items, now, others, scope }: Leaving): readonly string[] {
  const { configuration } = now;
  const trust = (uuid: Uuid): string =>
    configuration.repositories.get(uuid)?.trust ?? 'semitrusted';
  const counted = others
    .filter((uuid) => !configuration.clusters.has(uuid))
    .filter((uuid) => trust(uuid) === 'trusted' || trust(uuid) === 'semitrusted');
  const held = counted.filter(
    (uuid) => trust(uuid) === 'trusted' || (scope.proof?.(uuid) ?? 'locked') === 'locked',
  );
  const needed = (of: 'numcopies' | 'mincopies'): number =>
    Math.max(
      1,
      ...items.map((item) => {
        const own =
          of === 'numcopies' ? now.attributeNumcopies?.(item) : now.attributeMincopies?.(item);
        return (item.file === undefined ? undefined : own) ?? configuration[of] ?? 1;
      }),
    );
  const { required } = configuration.repositories.get(repository) ?? {};
  const only = new Map(configuration.repositories);
  const own = only.get(repository);
  if (own !== undefined) only.set(repository, { ...own, wanted: undefined });
  const world = { ...now, configuration: { ...configuration, repositories: only } };
  const isRequired = items.map(
    (item) =>
      required !== undefined && modelMatch({ repository, item, world, isGone: true }) === true,
  );
  return [
    ...isRequired.filter(Boolean).map(() => 'required'),
    ...(counted.length < needed('numcopies') ? ['numcopies'] : []),
    ...(held.length < needed('mincopies') ? ['mincopies'] : []),
  ];
}
