import { machineClock } from '../../repository/clock/machine-clock.ts';
import type { Command } from 'commander';
import type { ReachedState, Simulation, SimulationMove } from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';
import { readCount } from '../count-argument.ts';
import { statuses } from '../errors.ts';
import { ProgressLine } from '../words/progress.ts';
import { stoppable } from '../stopping.ts';
import { SimOutput, type OutputOptions } from './sim-output.ts';
import { modeOf, withModeOptions, type ModeOptions } from './mode.ts';
import { runLines, readLines, stoppedStatus } from './run.ts';

interface ExploreOptions extends ModeOptions, OutputOptions {
  readonly states: number;
}

/** How many states are looked at when nothing else is said. */
const statesMaxUsual = 100_000;

/** How many different ends are shown. */
const endsShown = 20;

/** How many moves of the way to an end are shown. */
const movesShown = 30;

/** `ballast sim explore FILE`: everything that can happen after its commands, in any order. */
export function addExploreForm(sim: Command): void {
  const explore = sim
    .command('explore')
    .description('run a file, then tell all ends that it can come to, whatever happens first')
    .argument('[FILE...]', 'the file, without steps; for small simulations')
    .usage('[options] FILE');
  withModeOptions(explore)
    .option('--states <N>', 'how many states to look at, at most', readCount, statesMaxUsual)
    .option('--json', 'print one line of JSON for each end, and one of sums')
    .option('-q, --quiet', 'print no messages')
    .action(async (words: readonly string[], _: ExploreOptions, form: Command) => {
      await exploreSim(words, form.optsWithGlobals<ExploreOptions>());
    });
}

async function exploreSim(words: readonly string[], options: ExploreOptions): Promise<void> {
  const output = new SimOutput(options);
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    return await output.refuseWords(['explore', ...words], 'explore FILE');
  }
  const mode = modeOf(options);
  const text = await output.read(file);
  const lines = await readLines(output, { file, text, mode });
  const { simulation, end } = await runLines(output, mode, lines);
  if (end.kind === 'problem') {
    output.printer.problem(end.problem, { file, text });
    return await output.unable();
  }
  if (end.kind === 'exit') return await output.end(end.status);
  if (end.kind === 'stopped') return await output.end(stoppedStatus);
  const found = new Ends(simulation);
  const explored = await explore(simulation, found, options.states);
  const isComplete = explored === 'all';
  await output.lines(output.isJson ? found.json(isComplete) : found.text(isComplete));
  if (explored === 'stopped') return await output.end(stoppedStatus);
  if (!isComplete) return await output.end(statuses.unknown);
  await output.flush();
}

/** Looks at states: at all, up to the limit, or until a signal comes. */
async function explore(
  simulation: Simulation,
  found: Ends,
  statesMax: number,
): Promise<'all' | 'some' | 'stopped'> {
  const progress = new ProgressLine({ mixes: false });
  try {
    return await stoppable(async (signal) => {
      const turns = simulation.interleavings({ statesMax });
      for (let turn = turns.next(); ; turn = turns.next()) {
        if (turn.done === true) return turn.value.isComplete ? 'all' : 'some';
        found.look(turn.value);
        if (found.states % statesBetweenTurns !== 0) continue;
        progress.show(() => `${found.states.toLocaleString('en')} states`);
        await machineClock.turn();
        if (signal.aborted) return 'stopped';
      }
    });
  } finally {
    progress.clear();
  }
}

const statesBetweenTurns = 256;

/** A place where nothing is left to do: who then has what. */
interface End {
  readonly holders: ReadonlyMap<string, readonly string[]>;
  readonly path: readonly SimulationMove[];
  states: number;
}

/** The ends of a simulation, as they are found. */
class Ends {
  readonly #simulation: Simulation;
  readonly #ends = new Map<string, End>();
  #states = 0;
  #fewest = Number.POSITIVE_INFINITY;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  get states(): number {
    return this.#states;
  }

  look({ path, isSettled }: ReachedState): void {
    this.#states += 1;
    const holders = this.#holders();
    for (const names of holders.values()) this.#fewest = Math.min(this.#fewest, names.length);
    if (!isSettled) return;
    const key = JSON.stringify([...holders]);
    const known = this.#ends.get(key);
    if (known !== undefined) known.states += 1;
    else this.#ends.set(key, { holders, path, states: 1 });
  }

  /** By file, the names of those that really have it. */
  #holders(): ReadonlyMap<string, readonly string[]> {
    const { world } = this.#simulation;
    const names = world.repositories.map(({ name }) => name);
    return new Map(
      [...world.files()].map((file) => [
        file,
        names.filter((name) => world.holds(file, { view: name })),
      ]),
    );
  }

  /** For people. */
  *text(isComplete: boolean): Generator<string> {
    const all = isComplete ? 'all that there are' : 'not all that there are';
    yield `${count(this.#states, 'state')}, ${all}; ${count(this.#ends.size, 'end')}`;
    if (this.#fewest < Number.POSITIVE_INFINITY) {
      yield `never fewer than ${count(this.#fewest, 'copy', 'copies')} of any file`;
    }
    let number = 0;
    for (const { holders, path } of this.#ends.values()) {
      number += 1;
      if (number > endsShown) return yield `and ${this.#ends.size - endsShown} more`;
      yield '';
      yield `end ${number}, after ${path.length === 0 ? 'nothing' : count(path.length, 'move')}:`;
      for (const move of path.slice(0, movesShown)) yield `    ${plain(textOf(move))}`;
      if (path.length > movesShown) yield `    and ${path.length - movesShown} more`;
      for (const [file, names] of holders) {
        yield `  ${plain(file)}: ${names.length === 0 ? 'nowhere' : plain(names.join(' '))}`;
      }
    }
  }

  /** A line for each end, and one of sums. */
  *json(isComplete: boolean): Generator<string> {
    for (const { holders, path, states } of this.#ends.values()) {
      yield JSON.stringify({ kind: 'end', states, holders: Object.fromEntries(holders), path });
    }
    const fewestCopies = Number.isFinite(this.#fewest) ? this.#fewest : null;
    const ends = this.#ends.size;
    yield JSON.stringify({
      kind: 'explored',
      states: this.#states,
      isComplete,
      ends,
      fewestCopies,
    });
  }
}

function textOf({ kind, repository, remote, file }: SimulationMove): string {
  return [repository, kind, remote, file].filter((word) => word !== undefined).join(' ');
}

function count(number: number, what: string, more = `${what}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? what : more}`;
}
