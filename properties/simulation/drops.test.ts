/**
 * What is proved of drops in simulations holds of real ones: a simulation decides as `mayDrop` does on what
 * the repository that acts believes, and on what those say that it can ask.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import {
  mayDrop,
  noSettings,
  wouldWantIfAbsent,
  type Item,
  type TrustLevel,
  type World,
} from '../../src/placement/index.ts';
import { noOddities } from '../../src/simulation/index.ts';
import { Evaluator } from '../../src/simulation/judgement/evaluator.ts';
import { Runner } from '../../src/simulation/acts/runner.ts';
import { History } from '../../src/simulation/acts/history.ts';
import { Contents } from '../../src/simulation/world/contents.ts';
import { DiskRoom } from '../../src/simulation/world/disks.ts';
import { Network } from '../../src/simulation/world/network.ts';
import { Views } from '../../src/simulation/world/views.ts';
import type { Uuid } from '../../src/units/index.ts';
import { item as itemOf } from '../../test/placement/annex.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

const uuids = repositoryUuids.slice(0, 5);
const names = ['a', 'b', 'c', 'd', 'e'] as const;
/** The name of a cluster node, behind which is `c`. */
const nodeName = 'n';
const file = 'f.x';
const item: Item = itemOf('SHA256-s5--x', file);

interface Drawn {
  readonly isSpecialRemote: boolean;
  readonly trust: TrustLevel;
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly remotes: readonly string[];
  readonly isDown: boolean;
  /** Who has the content, as this one believes; of itself it knows. */
  readonly beliefs: readonly boolean[];
}

/** A moment that no simulation need come to: each repository believes anything of the others. */
interface Moment {
  readonly repositories: readonly Drawn[];
  readonly numcopies: number;
  readonly mincopies: number;
}

const expressions = fc.constantFrom(
  undefined,
  'nothing',
  'anything',
  'copies=2',
  'not copies=2',
  'not copies=trusted:1',
  'not present',
  'include=*.x and present',
);

const drawn: fc.Arbitrary<Drawn> = fc.record({
  isSpecialRemote: fc.boolean(),
  trust: fc.constantFrom<TrustLevel[]>(
    'semitrusted',
    'semitrusted',
    'trusted',
    'untrusted',
    'dead',
  ),
  wanted: expressions,
  required: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, expressions),
  remotes: fc.subarray([...names, nodeName]),
  isDown: fc.integer({ min: 1, max: 4 }).map((drawn) => drawn === 1),
  beliefs: fc.array(
    fc.integer({ min: 1, max: 3 }).map((drawn) => drawn > 1),
    { minLength: names.length, maxLength: names.length },
  ),
});

const moments: fc.Arbitrary<Moment> = fc.record({
  repositories: fc.array(drawn, { minLength: names.length, maxLength: names.length }),
  numcopies: fc.constantFrom(1, 1, 2, 3),
  mincopies: fc.constantFrom(1, 1, 2, 3),
});

/** Who acts in a moment, with its parts. */
function runnerIn({ repositories, numcopies, mincopies }: Moment): Runner {
  const contents = new Contents();
  contents.setFile(file, contents.useKey(item.keyText) ?? 0);
  const views = new Views(contents, false);
  const network = new Network();
  network.configureAll({ numcopies, mincopies });
  network.setNode(nodeName, 2);
  for (const [number, each] of repositories.entries()) {
    views.add();
    network.add(names[number] ?? '', uuidOf(number), each);
    for (const remote of each.remotes) network.addRemote(number, remote);
    network.reach.setDown(number, each.isDown);
  }
  for (const [view, { beliefs }] of repositories.entries()) {
    for (const [holder, isPresent] of beliefs.entries()) {
      if (isPresent) views.set(view, holder, 0, true, 1);
    }
  }
  const world = { contents, views, network, oddities: noOddities };
  return new Runner({
    ...world,
    evaluator: new Evaluator({ ...world, dialect: dialects.newest }),
    history: new History(() => file),
    clock: { now: 1, ms: 0 },
    disks: new DiskRoom(views),
    onEvent: undefined,
  });
}

/** The world as one repository believes it to be. */
function viewOf(actor: number, { repositories, numcopies, mincopies }: Moment): World {
  const beliefs = repositories[actor]?.beliefs ?? [];
  return {
    configuration: {
      repositories: new Map(
        repositories.map(({ trust, wanted, required }, number) => [
          uuidOf(number),
          { ...noSettings, trust, wanted, required },
        ]),
      ),
      groupwanted: new Map(),
      numcopies,
      mincopies,
      clusters: new Map(),
      fullyBalancedThresholdPercent: 90,
      rebalance: false,
    },
    locations: () => uuids.filter((_, number) => beliefs[number]),
    sizeBytes: () => undefined,
  };
}

/** Those with the content that the actor can ask: itself, and remotes while both are up. */
function askedBy(actor: number, { repositories }: Moment): readonly number[] {
  const own = repositories[actor];
  return [...names.keys()].filter((number) => {
    const other = repositories[number];
    if (!own?.beliefs[number] || !other?.beliefs[number]) return false;
    if (number === actor) return true;
    const called = number === 2 ? ['c', nodeName] : [names[number] ?? ''];
    return !own.isDown && !other.isDown && called.some((name) => own.remotes.includes(name));
  });
}

function uuidOf(number: number): Uuid {
  const uuid = uuids[number];
  if (uuid === undefined) throw new RangeError(`there is no repository ${number}`);
  return uuid;
}

/** Whether the drop is permitted, by placement alone. */
function isPermitted(actor: number, other: number, moment: Moment): boolean {
  const world = viewOf(actor, moment);
  const asked = askedBy(actor, moment);
  const isSpecial = (number: number): boolean =>
    moment.repositories[number]?.isSpecialRemote ?? false;
  if (!world.locations(item).includes(uuidOf(other))) return false;
  if (wouldWantIfAbsent(uuidOf(other), item, world)) return false;
  return (
    mayDrop(uuidOf(other), item, world, {
      locked: asked.filter((number) => !isSpecial(number)).map(uuidOf),
      verified: asked.filter(isSpecial).map(uuidOf),
      isLocal: actor === other,
      isUnwanted: true,
    }).kind === 'granted'
  );
}

test('a drop is made in a simulation when `mayDrop` permits it on the view of who acts, and only then', () => {
  const counted = { local: 0, remote: 0, believed: 0, refused: 0 };

  check(
    fc.property(moments, (moment) => {
      const runner = runnerIn(moment);
      for (const [number, { isSpecialRemote, beliefs }] of moment.repositories.entries()) {
        if (isSpecialRemote) continue;
        for (const [other, otherName] of names.entries()) {
          const isExpected = isPermitted(number, other, moment);
          const actorName = names[number] ?? '';
          const operation = { kind: 'drop', actor: number, actorName, other, otherName } as const;

          expect(runner.isDue(operation, 0)).toBe(isExpected);
          expect(runner.peek(operation, 0)).toBe(isExpected);

          if (!isExpected) counted.refused += beliefs[other] ? 1 : 0;
          else if (askedBy(number, moment).every((each) => each === other)) counted.believed += 1;
          else if (number === other) counted.local += 1;
          else counted.remote += 1;
        }
      }
    }),
    1000,
  );

  // Each kind comes up: also drops that rest on nothing but what is said of trusted repositories.

  for (const count of Object.values(counted)) expect(count).toBeGreaterThan(20);
});
