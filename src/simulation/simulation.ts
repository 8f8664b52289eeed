import { dialectDefault, dialects, type Dialect } from '../expression/index.ts';
import type { Explanation } from '../placement/index.ts';
import type { Read } from '../units/index.ts';
import { Evaluator } from './judgement/evaluator.ts';
import type { SimulationProblem } from './language/problem.ts';
import { columnOf } from './language/words.ts';
import { noOddities, oddityNames, type Oddities } from './oddities.ts';
import { Randomness } from './random/randomness.ts';
import { Runner } from './acts/runner.ts';
import type { SimulationEvent, SimulationHappening } from './acts/operations.ts';
import { isCommandName, table, type Line } from './commands/command.ts';
import {
  explore,
  type ExplorationLimits,
  type Explored,
  type ReachedState,
} from './commands/explore.ts';
import { History } from './acts/history.ts';
import { perform } from './commands/perform.ts';
import type { SimulationState } from './state/state.ts';
import type { SimulationRequest } from './acts/requests.ts';
import {
  AdversarialChooser,
  FairChooser,
  type Chooser,
  type SchedulerName,
} from './acts/scheduler.ts';
import type { Trouble } from './acts/troubles.ts';
import { readSaved, savedText, type Saved } from './saved/saved.ts';
import { Clockwork } from './transfers/clockwork.ts';
import { Contents } from './world/contents.ts';
import { DiskRoom } from './world/disks.ts';
import { Network } from './world/network.ts';
import { Views } from './world/views.ts';
import { SimulationWindow } from './world/window.ts';

/** What a {@link Simulation} is made of, and who is told of what it does. */
export interface SimulationOptions {
  /** Everything random follows from it: 64 bits signed. */
  readonly seed: bigint;
  /** Where to do as git-annex's simulator does; nowhere when left out. */
  readonly oddities?: Oddities;
  /**
   * The git-annex whose expressions and sizes are meant; the newest when left out. What was recorded
   * from git-annex is in `dialects.reference`.
   */
  readonly dialect?: Dialect;
  /** What chooses in `step` and `stepstable`; `git-annex` when left out. */
  readonly scheduler?: SchedulerName;
  /** Told of each transfer and drop, before views change: then it can be explained. */
  readonly onEvent?: (event: SimulationEvent) => void;
  /** Told of what happens besides; a transfer that begins can be explained then. */
  readonly onHappening?: (happening: SimulationHappening) => void;
  /** Told when the last event did not count after all (oddity `lastundone`). */
  readonly onUndo?: () => void;
  /** Told of each message that git-annex prints, when it is printed. */
  readonly onMessage?: (message: string) => void;
}

/** Who is told of what. */
export type SimulationListeners = Pick<
  SimulationOptions,
  'onEvent' | 'onHappening' | 'onUndo' | 'onMessage'
>;

/** How a run ended. */
export type SimulationEnd =
  | { readonly kind: 'done' }
  /** A command failed; what was done before it stays. */
  | { readonly kind: 'problem'; readonly problem: SimulationProblem }
  /** A `visit` failed: git-annex ends with this status, and saves nothing. */
  | { readonly kind: 'exit'; readonly status: number };

/**
 * A network of repositories that exists nowhere else, each with its own view of where contents are: a
 * pure function of commands, seed and scheduler. It holds what git-annex's simulator holds, and with all
 * {@link Oddities} does what that does (spec/sim.md).
 */
export class Simulation {
  readonly #state: SimulationState;
  readonly #messages: string[] = [];
  #hasFailed = false;
  #isBegun = false;
  readonly dialect: Dialect;
  readonly oddities: Oddities;
  readonly scheduler: SchedulerName;

  constructor(options: SimulationOptions) {
    const { seed, oddities = noOddities, dialect = dialectDefault, onEvent } = options;
    const contents = new Contents();
    const views = new Views(contents, oddities.clocktie);
    const network = new Network();
    const parts = {
      contents,
      views,
      network,
      oddities,
      evaluator: new Evaluator({ contents, views, network, oddities, dialect }),
      history: new History((file) => contents.fileName(file)),
      clock: { now: 0, ms: 0 },
      disks: new DiskRoom(views),
      onEvent,
    };
    this.dialect = dialect;
    this.oddities = oddities;
    this.scheduler = options.scheduler ?? 'git-annex';
    this.#state = {
      ...parts,
      runner: new Runner(parts),
      randomness: new Randomness(seed),
      dialect,
      clockwork: new Clockwork(),
      onHappening: options.onHappening,
      chooser: chooserOf(this.scheduler),
      onUndo: options.onUndo ?? (() => undefined),
      say: (message) => {
        this.#messages.push(message);
        options.onMessage?.(message);
      },
      fail: () => (this.#hasFailed = true),
    };
  }

  /**
   * Runs commands. What the engine cannot do itself it asks for by a request, to be answered before the
   * generator goes on; on a `pause` it may be left for good, with all done so far kept.
   * @returns how it ended: commands after one that failed are not run.
   */
  *run(lines: Iterable<Line>): Generator<SimulationRequest, SimulationEnd> {
    for (const line of lines) {
      this.#begin(line);
      const performed = yield* perform(line.command, this.#state);
      if (performed.kind === 'exit') return performed;
      if (performed.kind === 'trouble') {
        return { kind: 'problem', problem: placed(performed.trouble, line) };
      }
    }
    this.#begin(undefined);
    return { kind: 'done' };
  }

  /** "History starts with `seed N` unless the first line of the file is a `seed` command." */
  #begin(first: Line | undefined): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    if (first?.command.kind === 'seed') return;
    this.#state.history.addCommand(['seed', String(this.#state.randomness.seed)]);
  }

  /**
   * To be called when a run was left at a pause: makes its log say of the step under way only what was
   * done, so that it replays to the same place.
   * @returns false when the command under way cannot be told in part, or counts otherwise.
   */
  cutShort(): boolean {
    const { history } = this.#state;
    const name = history.lastCommandName() ?? '';
    const told = isCommandName(name) ? table[name].cutShort?.(this.#state) : undefined;
    if (told === undefined || !history.cutShort(told)) return false;
    // What was drawn in vain since the last change is drawn no second time.
    this.#state.history.addCommand(['seed', String(this.seed)]);
    this.#state.clock.now += 1;
    return true;
  }

  /**
   * To be called when the program around it ends and will go on with this simulation another time: with
   * oddities, what expressions see depends on it (spec/sim.md sections 9 and 12.6).
   */
  endRun(): void {
    this.#state.evaluator.endRun();
  }

  /**
   * Everything that can happen from here, in any order of transfers, drops and syncs: each state once, with
   * the simulation in that state while it is told. For small worlds; the log and the events stay silent.
   */
  *interleavings(limits: ExplorationLimits = {}): Generator<ReachedState, Explored> {
    return yield* explore(this.#state, limits);
  }

  /** All that is needed to go on with it later, as a line of JSON: see {@link loadSimulation}. */
  save(): string {
    const { scheduler } = this;
    const isBegun = this.#isBegun;
    return savedText(this.#state, { isBegun, hasFailed: this.#hasFailed, scheduler });
  }

  /**
   * Goes on from what was saved.
   * @internal for {@link loadSimulation}.
   */
  restore({ isBegun, hasFailed, putBack }: Saved): void {
    this.#isBegun = isBegun;
    this.#hasFailed = hasFailed;
    putBack(this.#state);
  }

  /** The repositories, their views and the files. */
  get world(): SimulationWindow {
    return new SimulationWindow(this.#state);
  }

  /** Whether an expectation failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Everything that was said. */
  get messages(): readonly string[] {
    return this.#messages;
  }

  /** What comes next by chance follows from this. */
  get seed(): bigint {
    return this.#state.randomness.seed;
  }

  /** Simulated time, milliseconds from the beginning: what waits were long, as steps take no time. */
  get ms(): number {
    return this.#state.clock.ms;
  }

  /** How many lines the log has. */
  get logLength(): number {
    return this.#state.history.length;
  }

  /** The lines of the log, from one on, without their ends. */
  *log(from = 0): Generator<string> {
    for (let index = from; ; index += 1) {
      const line = this.#state.history.line(index);
      if (line === undefined) return;
      yield line;
    }
  }

  /** Why the expression decided as it did; only while the event is being told. */
  explain({ why }: SimulationEvent): Explanation {
    return this.#state.evaluator.explain(why);
  }
}

/** The version of git-annex whose simulator is known exactly: with its oddities, its log. */
export const gitAnnexDialect: Dialect = dialects.reference;

/**
 * The simulation that was saved, to be gone on with: with its oddities, dialect and scheduler, and as if it
 * had never ended. Or a sentence about a text that is none: where, and what was expected there.
 */
export function loadSimulation(
  text: string,
  listeners: SimulationListeners = {},
): Read<Simulation> {
  const read = readSaved(text);
  if (read.kind === 'problem') return read;
  const { seed, dialect, scheduler, oddities: names } = read.value;
  const oddities = oddityNames.reduce<Oddities>(
    (all, name) => Object.assign(all, { [name]: names.includes(name) }),
    { ...noOddities },
  );
  const simulation = new Simulation({ ...listeners, seed, dialect, scheduler, oddities });
  simulation.restore(read.value);
  return { kind: 'value', value: simulation };
}

function chooserOf(scheduler: SchedulerName): Chooser | undefined {
  switch (scheduler) {
    case 'git-annex':
      return undefined;
    case 'fair':
      return new FairChooser();
    case 'adversarial':
      return new AdversarialChooser();
  }
}

function placed({ word, ...trouble }: Trouble, { line, text }: Line): SimulationProblem {
  return { ...trouble, line, column: columnOf(text, word) };
}
