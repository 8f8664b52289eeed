/** A simulation as text, so that it can be gone on with in another run of a program. */
import * as v from 'valibot';
import { parseDialect, type Dialect } from '../../expression/index.ts';
import {
  anyText,
  between,
  bytes,
  fit,
  listOf,
  madeBy,
  objectOf,
  oneOf,
  readJsonInParts,
  tableOf,
  truth,
  wholeNumber,
} from '../../shapes/index.ts';
import type { Read } from '../../units/index.ts';
import { schedulerNames, type SchedulerName } from '../acts/scheduler.ts';
import { oddityNames, type Oddity } from '../oddities.ts';
import type { SimulationState } from '../state/state.ts';
import { clockMax } from '../world/views.ts';
import { contentsPart } from './contents.ts';
import { historyPart } from './history.ts';
import { judgementPart } from './judgement.ts';
import { networkPart } from './network.ts';
import type { Numbers } from './numbers.ts';
import type { PutBack } from './put-back.ts';
import { timePart } from './time.ts';
import { viewsPart } from './views.ts';

/** In the order in which they stand in a state, and are put back. */
const parts = [networkPart, contentsPart, viewsPart, judgementPart, timePart, historyPart];

/** Stands in every saved simulation; another number is another format. */
const savedFormat = 'ballast simulation 1';

/** Whether a text is a saved simulation, by its beginning: in any format, and whole or not. */
export function isSavedText(saved: string): boolean {
  return saved.startsWith('{"format":"ballast simulation ');
}

/** What a simulation has besides its parts. */
export interface Progress {
  readonly isBegun: boolean;
  readonly hasFailed: boolean;
  readonly scheduler: SchedulerName;
}

/** A saved simulation that was read. */
export interface Saved extends Progress {
  readonly seed: bigint;
  readonly oddities: readonly Oddity[];
  readonly dialect: Dialect;
  /** Puts all that was saved into a simulation that is empty. */
  readonly putBack: PutBack;
}

const beginning = objectOf(
  {
    format: v.literal(savedFormat, `"${savedFormat}"`),
    isBegun: truth,
    hasFailed: truth,
    scheduler: oneOf(schedulerNames),
    seed: bytes,
    clock: between(0, clockMax - 1),
    oddities: listOf(oneOf(oddityNames)),
    dialect: madeBy(anyText, parseDialect, 'a version of git-annex'),
    position: between(0, Number.MAX_SAFE_INTEGER),
    moves: tableOf(anyText, wholeNumber),
  },
  'a saved simulation',
);

/** A simulation with its progress, as a line of JSON. */
export function savedText(state: SimulationState, progress: Progress): string {
  const { randomness, clock, chooser, oddities, dialect } = state;
  return JSON.stringify({
    format: savedFormat,
    ...progress,
    seed: String(randomness.seed),
    clock: clock.now,
    oddities: oddityNames.filter((name) => oddities[name]),
    dialect: dialect.version,
    position: chooser?.position ?? 0,
    moves: Object.fromEntries(chooser?.moves ?? []),
    ...Object.assign({}, ...parts.map((part) => part.save(state))),
  });
}

/** Reads a saved simulation, or says in a sentence what in it was expected to be otherwise. */
export function readSaved(saved: string): Read<Saved> {
  return readJsonInParts(saved, readState);
}

function readState(whole: unknown): Saved {
  const { clock, position, moves, ...saved } = fit(beginning, whole);
  const numbers = numbersIn(whole);
  const puttingBack = parts.map((part) => part.read(whole, numbers));
  return {
    ...saved,
    putBack: (state) => {
      state.randomness.seed = saved.seed;
      state.clock.now = clock;
      if (state.chooser !== undefined) {
        state.chooser.position = position;
        for (const [name, count] of moves) state.chooser.moves.set(name, count);
      }
      for (const putBack of puttingBack) putBack(state);
    },
  };
}

/** How many of each there are comes first, as parts speak of each other by number. */
function numbersIn(whole: unknown): Numbers {
  const list = v.array(v.unknown(), 'a list');
  const counted = fit(objectOf({ repositories: list, files: list, keys: list }), whole);
  const numberOf = (each: readonly unknown[], what: string) =>
    between(0, each.length - 1, `the number of a ${what}`);
  return {
    repository: numberOf(counted.repositories, 'repository'),
    file: numberOf(counted.files, 'file'),
    key: numberOf(counted.keys, 'key'),
    repositories: counted.repositories.length,
    files: counted.files.length,
    keys: counted.keys.length,
  };
}
