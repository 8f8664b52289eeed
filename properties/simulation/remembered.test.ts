/** What a simulation remembers between questions is forgotten whenever it may have become wrong. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  loadSimulation,
  parseSimulation,
  Simulation,
  type SimulationRequest,
} from '../../src/simulation/index.ts';
import type { Line } from '../../src/simulation/commands/command.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

const beginning = [
  'init a\ninit b\ninit c\nclusternode n c\nwanted a anything\nwanted b groupwanted',
  'connect a <-> b <-> c <-> a\nconnect a -> n\nconnect b -> n\ngroup b g',
  'addkey f WORM-s1--x a b c\nadd archive/g 5B a\naction a push b\naction c sync b',
  // Two clusters with gateways of their own and a node in common; a node whose gateway may be no client of it.
  'cluster p a n b\ncluster q b n\nadd h 3B a\nclusternode k b\nconnect c -> k',
].join('\n');

const join = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.join(' '));
const one = (...words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words);

const name = one('a', 'b', 'c', 'n');
const client = one('a', 'b', 'c');
const cluster = one('p', 'q', 'r');
const file = one('f', 'archive/g', 'h');
const group = one('g', 'h');
const expression = one(
  'anything',
  'nothing',
  'present',
  'largerthan=3B',
  'metadata=tag=x',
  'include=archive/*',
  'copies=2',
  'copies=trusted:1',
  'approxlackingcopies=1',
  'inallgroup=g',
  'onlyingroup=g',
  'balanced=g',
  'sizebalanced=g',
  'groupwanted',
);

/** Everything that changes what may be done; some of it fails, and then only its beginning was done. */
const change = fc.oneof(
  join('wanted', name, expression),
  join('required', name, expression),
  join('groupwanted', group, expression),
  join(one('group', 'ungroup'), name, group),
  join('trustlevel', name, one('trusted', 'semitrusted', 'untrusted', 'dead')),
  join('maxsize', name, one('2B', '6B', '1MB')),
  one('numcopies 1', 'numcopies 2', 'numcopies 3', 'mincopies 1', 'mincopies 2'),
  one('rebalance on', 'rebalance off'),
  join('metadata', file, one('tag=x', 'tag=y', 'tag-=x')),
  join('addkey', file, one('WORM-s1--x', 'WORM-s5--y', 'WORM-s1--z'), name),
  join('add', file, one('1B', '5B'), name),
  join('rename', file, file),
  join('remove', file),
  join('disk', name, one('2B', '7B', '1MB')),
  join(one('down', 'up', 'lose'), name),
  one('partition a | b', 'partition a b | c', 'heal'),
  join(one('via n', 'via k'), name),
  one('cluster r c a b', 'cluster r c m', 'action a sendwanted n'),
  join('nodecost', cluster, name, one('50', '200')),
  join('unwanted', cluster, one('refuse', 'store')),
  join('copyto', client, cluster, file),
  join('copyto', client, cluster),
  join('repair', cluster),
  one('clusternode m b', 'connect a -> m', 'connect c -> m', 'init d', 'connect d <-> a'),
  one('use u x', 'use v x', 'connect a <-> u', 'connect v -> b', 'add f 1B u'),
  join(one('connect', 'disconnect'), one('a -> b', 'a -> c', 'c -> b', 'b -> n', 'a -> b -> z')),
  join('action', client, one('sync', 'gitpull', 'getwanted'), client),
  one('step 1', 'step 3'),
);

/** As a real repository that has settings of its own, and for the group of others. */
function answer(request: SimulationRequest): void {
  const [, , uuid] = repositoryUuids;
  if (request.kind !== 'use' || uuid === undefined) return;
  const settings = { wanted: 'metadata=tag=x', trust: 'trusted' as const, groups: ['g'] };
  const repository = { uuid, settings, groupwanted: new Map([['g', 'copies=2']]) };
  request.reply({ kind: 'repository', repository });
}

function runOn(simulation: Simulation, lines: readonly Line[]): void {
  const turns = simulation.run(lines);
  for (let turn = turns.next(); turn.done !== true; turn = turns.next()) answer(turn.value);
}

function linesOf(text: string): readonly Line[] {
  const parsed = parseSimulation(text);
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));
  return parsed.lines;
}

/** The same, that remembers nothing. */
function forgetful(simulation: Simulation): Simulation {
  const loaded = loadSimulation(simulation.save());
  if (loaded.kind === 'problem') throw new Error(loaded.message);
  return loaded.value;
}

/** Everything that may be done now, and what was known afterwards by whom. */
function movesOf(simulation: Simulation): readonly unknown[] {
  const moves: unknown[] = [];
  for (const { path, isSettled } of simulation.interleavings({ movesMax: 1 })) {
    const { world } = simulation;
    const files = [...world.files()];
    const known = world.repositories.flatMap((view) =>
      world.repositories.map((repository) => {
        const belief = { view: view.name, repository: repository.name };
        return files.filter((each) => world.holds(each, belief)).join(' ');
      }),
    );
    const [move] = path;
    const { kind, repository, remote, file: moved } = move ?? {};
    moves.push({
      kind,
      repository,
      remote,
      moved,
      isSettled: move === undefined && isSettled,
      known,
    });
  }
  return moves;
}

test('what may be done after a change is what one finds who remembers nothing from before', () => {
  let moves = 0;
  check(
    fc.property(fc.array(change, { minLength: 4, maxLength: 14, size: 'max' }), (changes) => {
      const simulation = new Simulation({ seed: 7n });
      runOn(simulation, linesOf(`${beginning}\n`));
      movesOf(simulation);
      for (const line of linesOf(`${changes.join('\n')}\n`)) {
        runOn(simulation, [line]);
        const found = movesOf(simulation);

        expect({ line: line.text, found }).toEqual({
          line: line.text,
          found: movesOf(forgetful(simulation)),
        });
        moves += found.length - 1;
      }
    }),
    200,
  );

  expect(moves).toBeGreaterThan(1000);
});

/** How many contents there really are, in all repositories. */
function copiesOf({ world }: Simulation): number {
  return world.repositories.reduce((sum, { name }) => sum + world.keyCount({ view: name }), 0);
}

/** No move sends to a cluster as a whole, so that this is done: of what is in no node yet, and of all there is. */
const sends = [
  { added: '', sent: 'copyto a p' },
  { added: 'add k 3B a', sent: 'copyto b q k\ncopyto a q k' },
  { added: 'add l 3B c', sent: 'copyto c r l\ncopyto c p' },
] as const;

test('what is sent to clusters after a change is what one sends who remembers nothing from before', () => {
  let copies = 0;
  check(
    fc.property(fc.array(change, { minLength: 4, maxLength: 14, size: 'max' }), (changes) => {
      const simulation = new Simulation({ seed: 7n });
      runOn(simulation, linesOf(`${beginning}\n`));
      for (const [place, text] of changes.entries()) {
        const { added, sent } = sends[place % sends.length] ?? sends[0];
        runOn(simulation, linesOf(`${added}\n${text}\n`));
        const other = forgetful(simulation);
        const before = copiesOf(other);
        runOn(simulation, linesOf(`${sent}\n`));
        runOn(other, linesOf(`${sent}\n`));

        expect({ text, saved: simulation.save() }).toEqual({ text, saved: other.save() });
        copies += copiesOf(other) - before;
      }
    }),
    100,
  );

  expect(copies).toBeGreaterThan(100);
});
