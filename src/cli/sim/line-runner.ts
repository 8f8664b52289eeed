import type { SimulationRecorder } from '../../report/index.ts';
import { machineClock } from '../../repository/clock/machine-clock.ts';
import {
  printSimulationDuration,
  simulationCommandFacts,
  type Simulation,
  type SimulationLine,
  type SimulationProblem,
  type SimulationRequest,
} from '../../simulation/index.ts';
import type { ProgressLine } from '../words/progress.ts';
import { countLoggedAgain, isExpectation, type Checks } from './logged-again.ts';
import type { Outside } from './outside/outside.ts';

/** How a run of lines ended. */
export type RunEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'problem'; readonly problem: SimulationProblem; readonly index: number }
  /** A `visit` failed, and all ends with it. */
  | { readonly kind: 'exit'; readonly status: number; readonly index: number }
  /**
   * A signal came before a line, or within it; `cutShort` when the log tells what was done of that line,
   * so that the simulation can be gone on with as it is.
   */
  | {
      readonly kind: 'stopped';
      readonly index: number;
      readonly where: 'before' | 'cutShort' | 'within';
    }
  /** Nobody wants more of it. */
  | { readonly kind: 'enough' };

/** How long the simulation may go on without a look at signals, milliseconds. */
const turnMs = 50;

/** The simulation that a {@link LineRunner} runs lines in, and who is told of it. */
export interface LineRunnerOptions {
  readonly simulation: Simulation;
  readonly outside: Outside;
  /** Writes what was said meanwhile. */
  readonly flush: () => Promise<void>;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
  /** Asked after every command whether to go on. */
  readonly goesOn?: () => boolean;
  /** Which lines are checks; those that are none are passed over. */
  readonly checks?: Checks;
  /** Gives lines on to the simulation, and looks at what comes of them. */
  readonly follow?: SimulationRecorder['follow'] | undefined;
}

/** Runs commands, does for the simulation what it cannot do itself, and listens for signals. */
export class LineRunner {
  readonly #options: LineRunnerOptions;
  readonly #startMs = machineClock.steadyMs();
  #lastTurnMs = machineClock.steadyMs();
  #keptLength = 0;
  #commands = 0;
  /** The first line that was not logged by the command before it. */
  #nextCheck = 0;

  constructor(options: LineRunnerOptions) {
    this.#options = options;
    this.#keptLength = options.simulation.logLength;
  }

  /** How many lines the log has of commands that were not broken off, by a problem or a signal. */
  get keptLength(): number {
    return this.#keptLength;
  }

  async run(lines: readonly SimulationLine[]): Promise<RunEnd> {
    const { simulation, goesOn = () => true } = this.#options;
    if (lines.length === 0) await this.#simulate([], 0);
    for (const [index, line] of lines.entries()) {
      const isStopped = await this.#turn();
      const end: RunEnd = isStopped
        ? { kind: 'stopped', index, where: 'before' }
        : await this.#line(lines, index, line);
      if (end.kind !== 'done') {
        await this.#endTurn();
        return end;
      }
      this.#commands += 1;
      this.#keptLength = simulation.logLength;
      if (!goesOn()) return { kind: 'enough' };
    }
    this.#keptLength = simulation.logLength;
    await this.#endTurn();
    return { kind: 'done' };
  }

  async #line(
    lines: readonly SimulationLine[],
    index: number,
    line: SimulationLine,
  ): Promise<RunEnd> {
    const { simulation, checks = 'all' } = this.#options;
    if (isExpectation(line) && (checks === 'none' || index < this.#nextCheck)) {
      return { kind: 'done' };
    }
    const before = simulation.logLength;
    const end = await this.#simulate([line], index);
    const next = lines[index + 1];
    if (
      checks === 'notLogged' &&
      next !== undefined &&
      isExpectation(next) &&
      !isExpectation(line)
    ) {
      const from = index + 1;
      this.#nextCheck = from + countLoggedAgain(lines, from, { simulation, before });
    }
    return end;
  }

  async #simulate(lines: readonly SimulationLine[], index: number): Promise<RunEnd> {
    const { simulation, follow } = this.#options;
    const run = simulation.run(follow?.(simulation, lines) ?? lines);
    for (let turn = run.next(); ; turn = run.next()) {
      if (turn.done === true) {
        return turn.value.kind === 'done' ? turn.value : { ...turn.value, index };
      }
      if (turn.value.kind !== 'pause') await this.#answer(turn.value);
      else if ((await this.#turn()) && isBreakable(lines)) {
        const isCutShort = simulation.cutShort();
        if (isCutShort) this.#keptLength = simulation.logLength;
        return { kind: 'stopped', index, where: isCutShort ? 'cutShort' : 'within' };
      }
    }
  }

  async #answer(request: SimulationRequest): Promise<void> {
    await this.#endTurn();
    await this.#options.outside.answer(request, this.#options.simulation.world);
  }

  /** Gives the event loop a turn if it is time; whether a signal has come. */
  async #turn(): Promise<boolean> {
    const { signal, progress, flush } = this.#options;
    if (machineClock.steadyMs() - this.#lastTurnMs < turnMs) return signal.aborted;
    progress.show(() => this.#progressText());
    await flush();
    await machineClock.turn();
    this.#lastTurnMs = machineClock.steadyMs();
    return signal.aborted;
  }

  async #endTurn(): Promise<void> {
    this.#options.progress.clear();
    await this.#options.flush();
  }

  #progressText(): string {
    const { simulation } = this.#options;
    const lines = simulation.logLength;
    const perSecond = (1000 * lines) / (machineClock.steadyMs() - this.#startMs);
    const rounded = Math.round(perSecond).toLocaleString('en');
    const time = simulation.ms > 0 ? `${printSimulationDuration(simulation.ms)} simulated, ` : '';
    const done = `${this.#commands.toLocaleString('en')} commands and ${lines.toLocaleString('en')} lines of log done`;
    return `${time}${done}, ${rounded} a second`;
  }
}

/** What is not long ends soon, and cannot be told of in part. */
function isBreakable([line]: readonly SimulationLine[]): boolean {
  return line !== undefined && simulationCommandFacts(line.command).isLong;
}
