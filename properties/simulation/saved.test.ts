import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  gitAnnexOddities,
  loadSimulation,
  noOddities,
  parseSimulation,
  schedulerNames,
  Simulation,
  type SimulationOptions,
} from '../../src/simulation/index.ts';
import { interruptedSimulations } from '../arbitraries/interrupted-simulations.ts';
import { check } from '../settings.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What may stand in the place of anything. */
const stray: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    1,
    3,
    -1,
    0.5,
    1e300,
    2 ** 53,
    -(2 ** 31),
    '',
    '7',
    'a',
    [],
    {},
  ),
  fc.constantFrom<Json>([0], [[0, 1]], ['init', 'z'], ['a', 'b'], { a: 1 }, '__proto__'),
);

/** One change: which value, by the turns taken on the way into the whole, and what comes in its place. */
const damage = fc.record({
  turns: fc.array(fc.nat({ max: 1000 }), { maxLength: 6, size: 'max' }),
  value: fc.option(stray),
});

const ways = fc.record({
  oddities: fc.constantFrom(noOddities, gitAnnexOddities),
  scheduler: fc.constantFrom(...schedulerNames),
});

test('a saved simulation that was damaged is refused in words, or can be gone on with', () => {
  const seen = { refused: 0, taken: 0 };
  check(
    fc.property(
      interruptedSimulations(),
      ways,
      fc.nat({ max: 60 }),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      (text, way, turns, damages) => {
        const saved: Json = JSON.parse(savedAfter(text, way, turns));
        const damaged = damages.reduce(
          (whole, { turns: path, value }) => damagedBy(whole, path, value),
          saved,
        );

        const loaded = loadSimulation(JSON.stringify(damaged));

        seen[loaded.kind === 'value' ? 'taken' : 'refused'] += 1;
        if (loaded.kind === 'problem') return;
        const { value: simulation } = loaded;
        go(simulation, 'init zz\nconnect zz -> a\nwait 5s\nstep 3\nwait 1m\n', 200);
        expect([...simulation.log()].length).toBe(simulation.logLength);
        expect(loadSimulation(simulation.save()).kind).toBe('value');
      },
    ),
  );

  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

function savedAfter(text: string, way: Partial<SimulationOptions>, turns: number): string {
  const simulation = new Simulation({ seed: 7n, ...way });
  go(simulation, text, turns);
  return simulation.save();
}

/** Runs lines, for so many turns at most. */
function go(simulation: Simulation, text: string, turnsMax: number): void {
  const parsed = parseSimulation(text);
  if (parsed.kind === 'problem') throw new Error(JSON.stringify(parsed.problem));
  const turns = simulation.run(parsed.lines);
  for (let turn = 0; turn < turnsMax; turn += 1) if (turns.next().done === true) return;
}

/** The same with one value changed. */
function damagedBy(whole: Json, turns: readonly number[], value: Json): Json {
  const [turn, ...further] = turns;
  if (turn === undefined || typeof whole !== 'object' || whole === null) return value;
  const names = Object.keys(whole);
  const chosen = names[turn % names.length];
  const change = (inner: Json, name: string): Json =>
    name === chosen ? damagedBy(inner, further, value) : inner;
  if (Array.isArray(whole)) return whole.map((inner: Json, index) => change(inner, String(index)));
  return Object.fromEntries(
    Object.entries(whole).map(([name, inner]) => [name, change(inner, name)]),
  );
}
