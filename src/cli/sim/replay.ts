import {
  printSimulationCommand,
  type Simulation,
  type SimulationLine,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';
import { SimOutput, type OutputOptions } from './sim-output.ts';
import { modeOf, type Mode, type ModeOptions } from './mode.ts';
import { RunReport, type ReportOptions } from './report.ts';
import { runLines, readLines, stoppedStatus } from './run.ts';

/** The options of `ballast sim replay`. */
export interface ReplayOptions extends ModeOptions, OutputOptions, ReportOptions {}

/**
 * `ballast sim replay LOG`: does every action of a log, and checks that each transfer and drop in it
 * happens again, and nothing else, to the first line that differs.
 */
export async function replaySim(words: readonly string[], options: ReplayOptions): Promise<void> {
  const output = new SimOutput(options);
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    return await output.refuseWords(['replay', ...words], 'replay LOG');
  }
  const report = await RunReport.of(options);
  const asked = modeOf(options);
  // What a log says of who has what is compared, and needs no check.
  const mode: Mode = output.isGitAnnex ? asked : { ...asked, checks: 'none' };
  const text = await output.read(file);
  const lines = await readLines(output, { file, text, mode });
  const comparison = new Comparison(lines);
  const { end } = await runLines(output, mode, lines, {
    goesOn: (simulation) => !comparison.differsSoFar(simulation),
    report,
  });
  await report?.tell(output, file);
  if (end.kind === 'stopped') {
    const told = `stopped; all was as in ${file} until line ${lines[end.index]?.line}.`;
    return await output.fail({ plain: told }, stoppedStatus);
  }
  if (end.kind === 'problem') {
    output.printer.problem(end.problem, { file, text });
    return await output.unable();
  }
  if (end.kind === 'exit') return await output.end(end.status);
  const { difference } = comparison;
  if (difference !== undefined) return await tell(output, file, difference);
  output.printer.message(`${file}: all ${comparison.sameCount} lines are the same again.`);
  await output.flush();
}

/** Where a log and what was done part; either may have ended there. */
interface Difference {
  /** Of the log, from 1. */
  readonly line: number;
  readonly logged: string | undefined;
  readonly done: string | undefined;
}

/** The log of a simulation held against lines of another, as they are run. */
class Comparison {
  readonly #lines: readonly SimulationLine[];
  #sameCount = 0;
  #linesRun = 0;
  #difference: Difference | undefined;

  constructor(lines: readonly SimulationLine[]) {
    this.#lines = lines;
  }

  get sameCount(): number {
    return this.#sameCount;
  }

  get difference(): Difference | undefined {
    return this.#difference;
  }

  /** To be asked after each line, and to be told the difference once there is one. */
  differsSoFar(simulation: Simulation): boolean {
    this.#linesRun += 1;
    for (const done of simulation.log(this.#sameCount)) {
      const line = this.#lines[this.#sameCount];
      const logged = line === undefined ? undefined : printSimulationCommand(line.command);
      if (logged !== done) return this.#parts({ logged, done });
      this.#sameCount += 1;
    }
    if (this.#sameCount >= this.#linesRun) return false;
    const next = this.#lines[this.#sameCount];
    const logged = next === undefined ? undefined : printSimulationCommand(next.command);
    return this.#parts({ logged, done: undefined });
  }

  #parts({ logged, done }: Omit<Difference, 'line'>): boolean {
    const line = this.#lines[this.#sameCount]?.line ?? this.#lines.length + 1;
    this.#difference = { line, logged, done };
    return true;
  }
}

async function tell(output: SimOutput, file: string, difference: Difference): Promise<never> {
  const { line, logged, done } = difference;
  const quoted = (text: string | undefined): string =>
    text === undefined ? 'nothing' : `\`${plain(text)}\``;
  const ways = output.isGitAnnex
    ? ''
    : '\nA log is replayed with the options that it was made with: for one of git-annex add --compat git-annex.';
  const told = `${file}:${line}: the log has ${quoted(logged)} here, and this run ${quoted(done)}.${ways}`;
  return await output.fail({ plain: told });
}
