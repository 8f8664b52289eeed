import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  loadSimulation,
  parseSimulation,
  Simulation,
  type SimulationEnd,
  type SimulationEvent,
  type SimulationHappening,
  type SimulationListeners,
} from '../../src/simulation/index.ts';
import { printDuration, readDuration } from '../../src/simulation/language/duration.ts';
import { timedBeginningLines, timedSimulations } from '../arbitraries/timed-simulations.ts';
import { check } from '../settings.ts';

function begun(listeners: SimulationListeners = {}): Simulation {
  return new Simulation({ seed: 7n, ...listeners });
}

/** @param pauses after how many pauses it is left, if ever. */
function runOn(
  simulation: Simulation,
  text: string,
  pauses: number = Number.POSITIVE_INFINITY,
): SimulationEnd | undefined {
  const parsed = parseSimulation(text);
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));
  const turns = simulation.run(parsed.lines);
  let left = pauses;
  let turn = turns.next();
  while (turn.done !== true) {
    left -= 1;
    if (left <= 0) return undefined;
    turn = turns.next();
  }
  return turn.value;
}

const logOf = (simulation: Simulation): string => [...simulation.log()].join('\n');
const changesOf = (simulation: Simulation): string[] =>
  [...simulation.log()].filter((line) => /^(?:not)?present /.test(line));

/** A wait in two parts, each time that one is long enough. */
function halved(text: string): string {
  return text.replace(/^wait (.*)$/gm, (whole, words: string) => {
    const ms = readDuration(words) ?? 0;
    if (ms < 2) return whole;
    const first = Math.floor(ms / 3);
    return `wait ${printDuration(first)}\nwait ${printDuration(ms - first)}`;
  });
}

describe('a simulation in which time passes', () => {
  test('is a function of text and seed, and its log gives the log again', () => {
    let changes = 0;
    check(
      fc.property(timedSimulations(), (text) => {
        const first = begun();
        const end = runOn(first, text);
        const again = begun();
        runOn(again, text);
        const replayed = begun();
        const endAgain = runOn(replayed, logOf(first));

        expect(logOf(again)).toBe(logOf(first));
        expect(logOf(replayed)).toBe(logOf(first));
        expect(replayed.seed).toBe(first.seed);
        expect(replayed.ms).toBe(first.ms);
        expect(endAgain?.kind).toBe(end?.kind);
        changes += changesOf(first).length;
      }),
    );

    expect(changes).toBeGreaterThan(1000);
  });

  test('comes to the same in two waits as in one', () => {
    check(
      fc.property(timedSimulations(), (text) => {
        const whole = begun();
        runOn(whole, text);
        const parts = begun();
        runOn(parts, halved(text));

        expect(changesOf(parts)).toEqual(changesOf(whole));
        expect(parts.ms).toBe(whole.ms);
        expect(parts.seed).toBe(whole.seed);
      }),
    );
  });

  test('goes on from where it was saved, wherever that was', () => {
    check(
      fc.property(timedSimulations(), fc.nat(), (text, at) => {
        const lines = halved(text).split('\n');
        const cut = timedBeginningLines + (at % (lines.length - timedBeginningLines));
        const whole = begun();
        const isOver = runOn(whole, lines.slice(0, cut).join('\n'))?.kind !== 'done';
        const loaded = loadSimulation(whole.save());
        if (loaded.kind === 'problem') throw new Error(loaded.message);
        if (isOver) return;
        const rest = lines.slice(cut).join('\n');
        runOn(whole, rest);
        runOn(loaded.value, rest);

        expect(logOf(loaded.value)).toBe(logOf(whole));
        expect(JSON.parse(loaded.value.save())).toEqual(JSON.parse(whole.save()));
      }),
    );
  });

  test('finds the same to do whether it remembers what it has looked at or not', () => {
    check(
      fc.property(timedSimulations(), (text) => {
        const remembering = begun();
        runOn(remembering, text);
        let forgetting = begun();
        for (const line of text.split('\n')) {
          const isOver = runOn(forgetting, `${line}\n`)?.kind !== 'done';
          const loaded = loadSimulation(forgetting.save());
          if (loaded.kind === 'problem') throw new Error(loaded.message);
          forgetting = loaded.value;
          if (isOver) break;
        }

        expect(changesOf(forgetting)).toEqual(changesOf(remembering));
        expect(forgetting.ms).toBe(remembering.ms);
      }),
    );
  });

  test('can be cut short in any wait: its log leads to the same place', () => {
    let cuts = 0;
    check(
      fc.property(timedSimulations(), fc.integer({ min: 1, max: 40 }), (text, pauses) => {
        const simulation = begun();
        if (runOn(simulation, text, pauses) !== undefined) return;
        if (!simulation.cutShort()) return;
        cuts += 1;
        const replayed = begun();
        runOn(replayed, logOf(simulation));

        expect(logOf(replayed)).toBe(logOf(simulation));
        expect(replayed.ms).toBe(simulation.ms);
        runOn(simulation, 'wait 1h\n');
        runOn(replayed, 'wait 1h\n');
        expect(logOf(replayed)).toBe(logOf(simulation));
      }),
    );

    expect(cuts).toBeGreaterThan(10);
  });

  test('has nothing left to do once it has settled, whoever looks', () => {
    let settled = 0;
    check(
      fc.property(timedSimulations(), (text) => {
        const simulation = begun();
        const endless = /^(?:arrivals|outages).*\n/gm;
        if (runOn(simulation, text.replace(endless, ''))?.kind !== 'done') return;
        const said = simulation.messages.length;
        runOn(simulation, 'waitstable 30d\n');
        if (!simulation.messages[said]?.startsWith('Simulation has stabilized')) return;
        settled += 1;
        const changes = changesOf(simulation);
        runOn(simulation, 'stepstable 0\n');

        expect(simulation.messages.at(-1)).toBe('Simulation has stabilized after 0 steps.');
        // Whatever is configured, all look again.
        runOn(simulation, 'rebalance off\nwait 1d\n');
        expect(changesOf(simulation)).toEqual(changes);
      }),
    );

    expect(settled).toBeGreaterThan(50);
  });

  test('never drops below numcopies of what may be relied on, never fills a disk beyond its size', () => {
    let drops = 0;
    check(
      fc.property(timedSimulations(), (text) => {
        const disks = new Map<string, bigint>();
        const simulation: Simulation = begun({
          onEvent: ({ kind, file, changed, bytes, repository: actor }) => {
            const name = changed === 'n' ? 'c' : changed;
            const { world } = simulation;
            const isDrop = kind === 'drop';
            const after = world.bytes({ view: name }) + (isDrop ? 0n : bytes);
            expect(isDrop || after <= (disks.get(name) ?? after)).toBe(true);
            if (!isDrop) return;
            drops += 1;
            const left = world.repositories.filter((each) => {
              if (each.name === name) return false;
              // A trusted repository is believed, reached or not.
              if (each.trust === 'trusted') {
                return world.holds(file, { view: actor, repository: each.name });
              }
              const isCounted = each.trust === 'semitrusted' && !each.isDown;
              return isCounted && world.holds(file, { view: each.name });
            });
            expect(left.length).toBeGreaterThanOrEqual(world.numcopies);
          },
        });
        const parsed = parseSimulation(text);
        if (parsed.kind === 'problem') throw new Error('it does not parse');
        for (const line of parsed.lines) {
          const turns = simulation.run([line]);
          let turn = turns.next();
          while (turn.done !== true) turn = turns.next();
          if (turn.value.kind !== 'done') break;
          const { command } = line;
          if (command.kind !== 'disk') continue;
          // A disk that was too small from the beginning stays too full, and takes nothing.
          disks.set(command.repository, command.sizeBytes);
        }
      }),
    );

    expect(drops).toBeGreaterThan(20);
  });

  test('moves each content in no less time than its bytes take, and one at a time on a way', () => {
    let transfers = 0;
    check(
      fc.property(timedSimulations(), (text) => {
        // Every way has one speed, and only pauses break what is under way.
        const slow = text
          .replace(/^(?:speed|down|up|lose|outages|partition|heal|disconnect|step).*\n/gm, '')
          .replace('clusternode n c\n', 'clusternode n c\nspeed a <-> b 1kB/s 50ms\n');
        const begins = new Map<string, number>();
        const lastMs = new Map<string, number>();
        const onHappening = (happening: SimulationHappening): void => {
          if (happening.kind !== 'begins') return;
          begins.set(`${happening.event.changed} ${happening.event.file}`, happening.ms);
        };
        const onEvent = ({
          kind,
          repository,
          remote,
          file,
          changed,
          bytes,
          ms,
        }: SimulationEvent) => {
          const beganMs = begins.get(`${changed} ${file}`);
          begins.delete(`${changed} ${file}`);
          if (kind === 'drop' || beganMs === undefined) return;
          const other = remote === 'n' ? 'c' : (remote ?? '');
          const [from, to] = kind === 'get' ? [other, repository] : [repository, other];
          if (![from, to].every((name) => name === 'a' || name === 'b')) return;
          transfers += 1;
          const neededMs = 50 + Math.ceil(Number(bytes));
          expect(ms - beganMs).toBeGreaterThanOrEqual(neededMs);
          const way = `${from} ${to}`;
          expect(ms - (lastMs.get(way) ?? 0)).toBeGreaterThanOrEqual(neededMs);
          lastMs.set(way, ms);
        };
        runOn(begun({ onEvent, onHappening }), slow.replaceAll('MB', 'kB'));
      }),
    );

    expect(transfers).toBeGreaterThan(100);
  });
});

test('durations are read as they are printed', () => {
  check(
    fc.property(fc.nat({ max: 1000 * 365 * 86_400_000 }), (ms) => {
      expect(readDuration(printDuration(ms))).toBe(ms);
    }),
  );
});
