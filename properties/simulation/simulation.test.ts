import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gitAnnexOddities,
  loadSimulation,
  noOddities,
  parseSimulation,
  schedulerNames,
  Simulation,
  type Oddities,
  type SchedulerName,
  type SimulationEnd,
  type SimulationEvent,
} from '../../src/simulation/index.ts';
import { simulations } from '../arbitraries/simulations.ts';
import { check } from '../settings.ts';

interface Way {
  readonly oddities?: Oddities;
  readonly scheduler?: SchedulerName;
  readonly onEvent?: (event: SimulationEvent) => void;
}

function begun(way: Way = {}): Simulation {
  return new Simulation({ seed: 7n, ...way });
}

function runOn(simulation: Simulation, text: string): SimulationEnd {
  const parsed = parseSimulation(text);
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));
  const turns = simulation.run(parsed.lines);
  let turn = turns.next();
  while (turn.done !== true) turn = turns.next();
  return turn.value;
}

function logOf(simulation: Simulation): string {
  return [...simulation.log()].map((line) => `${line}\n`).join('');
}

const ways = fc.record({
  oddities: fc.constantFrom(noOddities, gitAnnexOddities),
  scheduler: fc.constantFrom(...schedulerNames),
});

describe('a simulation', () => {
  test('is a function of text, seed and scheduler, and its log gives the log again', () => {
    let changes = 0;
    check(
      fc.property(simulations(), ways, (text, way) => {
        const first = begun(way);
        const end = runOn(first, text);
        const log = logOf(first);
        const second = begun(way);
        runOn(second, text);
        const replayed = begun(way);
        const endAgain = runOn(replayed, log);

        expect(logOf(second)).toBe(log);
        expect(logOf(replayed)).toBe(log);
        expect(replayed.seed).toBe(first.seed);
        expect(endAgain.kind).toBe(end.kind);
        changes += log.match(/^(?:not)?present /gm)?.length ?? 0;
      }),
    );

    // Not much is said by runs in which nothing happens.
    expect(changes).toBeGreaterThan(1000);
  });

  test('goes on from where it was saved, wherever that was', () => {
    check(
      fc.property(simulations(), ways, fc.nat(), (text, way, at) => {
        const lines = text.split('\n');
        const cut = 14 + (at % (lines.length - 14));
        const whole = begun(way);
        const isOver = runOn(whole, lines.slice(0, cut).join('\n')).kind !== 'done';
        whole.endRun();
        const loaded = loadSimulation(whole.save());
        if (!loaded.isRead) throw new Error(loaded.message);
        if (isOver) return;
        const rest = lines.slice(cut).join('\n');
        runOn(whole, rest);
        runOn(loaded.value, rest);

        expect(logOf(loaded.value)).toBe(logOf(whole));
        expect(loaded.value.save()).toBe(whole.save());
      }),
    );
  });

  test('conserves bytes: each repository has what came to it, less what went', () => {
    check(
      fc.property(simulations(), (text) => {
        const moved = new Map<string, bigint>();
        const simulation: Simulation = begun({
          onEvent: ({ kind, changed, bytes, file }) => {
            const name = changed === 'n' ? 'c' : changed;
            // A drop may find that the view was behind, and nothing there.
            const isThere = kind === 'drop' && bytes > 0n;
            const isLike = simulation.world.holds(file, { view: name }) === isThere;
            expect(isLike || (kind === 'drop' && simulation.world.fileBytes(file) === 0n)).toBe(
              true,
            );
            moved.set(name, (moved.get(name) ?? 0n) + (kind === 'drop' ? -bytes : bytes));
          },
        });
        const { world } = simulation;
        const parsed = parseSimulation(text);
        if (parsed.kind === 'problem') throw new Error('it does not parse');
        for (const line of parsed.lines) {
          const before = new Map(['a', 'b', 'c'].map((view) => [view, world.bytes({ view })]));
          moved.clear();
          const turns = simulation.run([line]);
          let turn = turns.next();
          while (turn.done !== true) turn = turns.next();
          if (line.command.kind === 'add' || line.command.kind === 'addmulti') continue;
          for (const [view, bytes] of before) {
            expect(world.bytes({ view })).toBe(bytes + (moved.get(view) ?? 0n));
          }
          if (turn.value.kind !== 'done') break;
        }
      }),
    );
  });

  test('never drops below numcopies of what is there, or is said to be in a trusted repository', () => {
    check(
      fc.property(simulations(), (text) => {
        const simulation: Simulation = begun({
          onEvent: ({ kind, file, changed, repository: actor }) => {
            if (kind !== 'drop') return;
            const { world } = simulation;
            const dropped = changed === 'n' ? 'c' : changed;
            const left = world.repositories.filter(({ name, trust }) => {
              const view = trust === 'trusted' ? actor : name;
              return name !== dropped && world.holds(file, { view, repository: name });
            });
            expect(left.length).toBeGreaterThanOrEqual(world.numcopies);
          },
        });
        runOn(simulation, text);
      }),
    );
  });
});

describe('views', () => {
  test('know no more than messages carried: what a repository never met stays unknown', () => {
    check(
      fc.property(simulations(), (text) => {
        // Nobody is connected to d, and d to nobody.
        const simulation = begun();
        runOn(
          simulation,
          text.replace('init a', 'init d\ninit a\nadd secret 5B d\nwanted d nothing'),
        );
        const { world } = simulation;

        for (const view of ['a', 'b', 'c']) {
          expect(world.holds('secret', { view, repository: 'd' })).toBe(false);
          for (const file of world.files()) {
            expect(world.holds(file, { view: 'd', repository: view })).toBe(false);
          }
        }
        expect(world.holds('secret', { view: 'd' })).toBe(true);
      }),
    );
  });

  test('are sums of their cells, whatever was merged', () => {
    check(
      fc.property(simulations(), ways, (text, way) => {
        const simulation = begun(way);
        runOn(simulation, text);
        const { world } = simulation;
        const files = [...world.files()];

        for (const view of ['a', 'b', 'c']) {
          for (const repository of ['a', 'b', 'c']) {
            const known = files.filter((file) => world.holds(file, { view, repository }));
            const bytes = known.reduce((sum, file) => sum + (world.fileBytes(file) ?? 0n), 0n);
            // Keys whose file got another one are counted, too.
            expect(world.bytes({ view, repository })).toBeGreaterThanOrEqual(bytes);
            expect(world.keyCount({ view, repository })).toBeGreaterThanOrEqual(known.length);
          }
        }
      }),
    );
  });
});

describe('a network that has settled', () => {
  test('has no wanted get or send, and no unwanted drop that is allowed', () => {
    let settled = 0;
    check(
      fc.property(
        simulations({ isStable: true }),
        fc.constantFrom(...schedulerNames),
        (text, scheduler) => {
          const simulation = begun({ scheduler });
          if (runOn(simulation, text).kind !== 'done') return;
          const before = simulation.messages.length;
          runOn(simulation, 'stepstable 200\n');
          if (!simulation.messages[before]?.startsWith('Simulation has stabilized')) return;
          settled += 1;
          const { logLength } = simulation;
          const { repositories } = simulation.world;
          const actions = repositories.flatMap(({ name, remotes }) =>
            remotes.flatMap((remote) =>
              ['getwanted', 'sendwanted', 'dropunwantedfrom'].map(
                (operation) => `action ${name} ${operation} ${remote}`,
              ),
            ),
          );
          for (const action of actions) {
            expect(runOn(simulation, action)).toEqual({ kind: 'done' });
          }

          expect(simulation.logLength).toBe(logLength + actions.length);
        },
      ),
    );

    expect(settled).toBeGreaterThan(50);
  });
});
