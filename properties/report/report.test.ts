import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  htmlReport,
  summarize,
  svgReport,
  type SimulationRecording,
} from '../../src/report/index.ts';
import {
  gitAnnexOddities,
  noOddities,
  schedulerNames,
  type Simulation,
  type SimulationEvent,
} from '../../src/simulation/index.ts';
import { watch, type Watched } from '../../test/simulation/watched.ts';
import { interruptedSimulations } from '../arbitraries/interrupted-simulations.ts';
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

test('what time brought agrees with what happened in its run', () => {
  const seen = { timed: 0, brokenOff: 0, goneOn: 0, again: 0, turnedAway: 0, lost: 0, below: 0 };
  check(
    fc.property(interruptedSimulations(), (text) => {
      const watched = watch(text, { momentsMax: 1e6 });
      const { recording, events, happenings, simulation } = watched;
      const { time, repositories, moments } = recording;
      const summary = summarize(recording);
      const all = (kind: string): number =>
        happenings.filter((happening) => happening.kind === kind).length;

      expect(recording.actions).toBe(events.length);
      expect(time.endMs).toBe(simulation.ms);
      expect(recording.lostFiles).toBe(lostIn(simulation));
      expect(moments.at(-1)?.below).toBe(belowIn(simulation));
      expect(moments.at(-1)?.heldBytes).toEqual(
        simulation.world.repositories.map(({ name }) => heldIn(simulation, name)),
      );
      expect(moments.map(({ ms }) => ms)).toEqual(moments.map(({ ms }) => ms).toSorted(ascending));
      expect(time.belowMs).toBe(belowMsIn(recording));
      expect(time.turnedAway.files).toBe(all('isTurnedAway'));
      expect(time.brokenOff.transfers).toBe(all('breaksOff'));
      const { goneOnBytes, againBytes, unfinishedBytes } = time.brokenOff;
      expect(goneOnBytes + againBytes + unfinishedBytes).toBe(cameInPart(watched));
      expect(recording.happenings).toBeGreaterThanOrEqual(
        all('arrives') + all('isTurnedAway') + all('fails') + all('returns'),
      );
      for (const { from, to, busyMs } of recording.traffic) {
        const [least, most] = busyMsIn(watched, [from, to]);
        expect(busyMs).toBeGreaterThanOrEqual(least);
        expect(busyMs).toBeLessThanOrEqual(most);
      }
      for (const { downMs, downSpells, heldBytes, diskBytes, fullestOfDisk } of repositories) {
        expect(downMs).toBe(downSpells.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0));
        if (diskBytes === undefined) continue;
        expect(fullestOfDisk).toBeGreaterThanOrEqual(Number(heldBytes) / Number(diskBytes));
      }
      const ins = summary.time?.repositories.reduce((sum, { inBytes }) => sum + inBytes, 0n);
      const outs = summary.time?.repositories.reduce((sum, { outBytes }) => sum + outBytes, 0n);
      expect(ins).toBe(summary.time === undefined ? undefined : recording.movedBytes);
      expect(outs).toBe(ins);
      expect(htmlReport(recording, 'any')).toContain('</html>');
      seen.timed += summary.time === undefined ? 0 : 1;
      seen.brokenOff += time.brokenOff.transfers;
      seen.goneOn += goneOnBytes > 0n ? 1 : 0;
      seen.again += againBytes > 0n ? 1 : 0;
      seen.turnedAway += time.turnedAway.files;
      seen.lost += recording.lostFiles;
      seen.below += time.belowMs > 0 ? 1 : 0;
    }),
  );

  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

function ascending(left: number, right: number): number {
  return left - right;
}

/** Files of which nobody has a copy, counted in the simplest way. */
function lostIn({ world }: Simulation): number {
  const isHeld = (file: string): boolean =>
    world.repositories.some(({ name }) => world.holds(file, { view: name }));
  return [...world.files()].filter((file) => !isHeld(file)).length;
}

/** How long any file was below numcopies, by moments of which none is left out. */
function belowMsIn({ moments }: SimulationRecording): number {
  return moments.reduce((sum, { below, ms }, index) => {
    const untilMs = moments[index + 1]?.ms ?? ms;
    return sum + (below > 0 ? untilMs - ms : 0);
  }, 0);
}

/** Bytes that came on tries that broke off: of each try what it had not had before. */
function cameInPart({ happenings }: Watched): bigint {
  const left = new Map<string, number>();
  let sum = 0n;
  for (const happening of happenings) {
    if (happening.kind !== 'begins' && happening.kind !== 'breaksOff') continue;
    const connection = connectionOf(happening.event);
    if (happening.kind === 'begins') left.set(connection, happening.bytesLeft);
    else sum += BigInt((left.get(connection) ?? 0) - happening.bytesLeft + happening.bytesLost);
  }
  return sum;
}

/**
 * How long something was under way between two, at least and at most: from each beginning until its content
 * came by whatever way, or until the connection told of something else.
 */
function busyMsIn(
  { simulation, events, happenings, recording }: Watched,
  pair: readonly [number, number],
): readonly [number, number] {
  const placeOf = (name: string | undefined): number =>
    simulation.world.repositories.findIndex(
      (each) => each.name === name || each.nodeNames.includes(name ?? ''),
    );
  const ends = ({ kind, repository, remote }: SimulationEvent): readonly number[] => {
    const [actor, other] = [placeOf(repository), placeOf(remote)];
    return kind === 'get' ? [other, actor] : [actor, other];
  };
  const told = happenings.flatMap((happening) =>
    happening.kind === 'begins' || happening.kind === 'breaksOff' ? [happening] : [],
  );
  const least: [number, number][] = [];
  const most: [number, number][] = [];
  for (const [index, { kind, event, ms }] of told.entries()) {
    const [from, to] = ends(event);
    if (kind !== 'begins' || from !== pair[0] || to !== pair[1]) continue;
    const connection = connectionOf(event);
    const next = told.slice(index + 1).find((each) => connectionOf(each.event) === connection);
    const nextMs = next?.ms ?? recording.time.endMs;
    const came = events.find(
      (each) =>
        each.kind !== 'drop' &&
        each.key === event.key &&
        ends(each)[1] === to &&
        each.ms >= ms &&
        each.ms <= nextMs,
    );
    const own = events.findLast(
      (each) =>
        connectionOf(each) === connection &&
        each.key === event.key &&
        each.ms > ms &&
        each.ms <= nextMs,
    );
    // What a step brought and dropped again was still under way, and so was what broke off.
    most.push([ms, next?.kind === 'begins' ? (own?.ms ?? nextMs) : nextMs]);
    // A command that adds a key again may bring it meanwhile, and tells nobody.
    if (!mayBeAdded(event)) least.push([ms, came?.ms ?? nextMs]);
  }
  return [covered(least), covered(most)];
}

/** Whether its key is the one that may be added again. */
function mayBeAdded({ bytes }: SimulationEvent): boolean {
  return bytes === 5000n;
}

/** How much any of some intervals covers. */
function covered(intervals: readonly (readonly [number, number])[]): number {
  let sum = 0;
  let end = 0;
  for (const [from, to] of intervals.toSorted(([left], [right]) => left - right)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function connectionOf({ repository, remote }: SimulationEvent): string {
  return `${repository} ${remote ?? ''}`;
}

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
