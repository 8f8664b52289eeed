import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  gitAnnexOddities,
  htmlReport,
  noOddities,
  schedulerNames,
  svgReport,
  type Simulation,
} from '../../src/simulation/index.ts';
import { watch } from '../../test/simulation/watched.ts';
import { simulations } from '../arbitraries/simulations.ts';
import { check } from '../settings.ts';

const ways = fc.record({
  oddities: fc.constantFrom(noOddities, gitAnnexOddities),
  scheduler: fc.constantFrom(...schedulerNames),
});

test('sums, matrix and slider of a report agree with the events of its run', () => {
  let transfers = 0;
  let taken = 0;
  check(
    fc.property(simulations(), ways, (text, way) => {
      const { recording, events, simulation } = watch(text, { ...way, momentsMax: 1e6 });
      const page = htmlReport(recording, 'any');
      const moves = events.filter(({ kind }) => kind !== 'drop');
      const moved = moves.reduce((sum, { bytes }) => sum + bytes, 0n);

      expect(recording.actions).toBe(events.length);
      expect(recording.transfers).toBe(moves.length);
      expect(recording.movedBytes).toBe(moved);
      expect(recording.wastedBytes).toBeLessThanOrEqual(moved);
      expect(recording.traffic.reduce((sum, { bytes }) => sum + bytes, 0n)).toBe(moved);
      expect(recording.traffic.reduce((sum, each) => sum + each.transfers, 0)).toBe(moves.length);
      expect(
        stepsOf(page)
          .slice(1)
          .map(({ action }) => action),
      ).toEqual(events.map((_event, index) => index + 1));
      expect(recording.moments.at(-1)?.heldBytes).toEqual(
        simulation.world.repositories.map(({ name }) => heldIn(simulation, name)),
      );
      expect(recording.moments.at(-1)?.below).toBe(belowIn(simulation));
      expect(svgReport(recording, 'any')).toContain('</svg>');
      transfers += moves.length;
      taken += recording.wastedBytes > 0n ? 1 : 0;
    }),
  );

  expect(transfers).toBeGreaterThan(100);
  expect(taken).toBeGreaterThan(0);
});

interface Step {
  readonly action: number;
  readonly held: readonly number[];
}

function stepsOf(page: string): readonly Step[] {
  const json = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1] ?? '';
  const data: { readonly steps: readonly Step[] } = JSON.parse(json);
  return data.steps;
}

/** Bytes of the contents that a repository has, by its own view. */
function heldIn({ world }: Simulation, name: string): number {
  return Number(world.bytes({ view: name }));
}

/** Files below numcopies, counted in the simplest way. */
function belowIn({ world }: Simulation): number {
  const trusted = world.repositories.filter(
    ({ trust }) => trust !== 'untrusted' && trust !== 'dead',
  );
  const copies = (file: string): number =>
    trusted.filter(({ name }) => world.holds(file, { view: name })).length;
  return [...world.files()].filter((file) => copies(file) < world.numcopies).length;
}
