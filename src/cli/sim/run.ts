import { access, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  parseSimulation,
  Simulation,
  type ParsedSimulation,
  type SimulationLine,
  type SimulationProblem,
} from '../../simulation/index.ts';
import { UserError } from '../errors.ts';
import { ProgressLine } from '../words/progress.ts';
import { holdSignals, stoppable } from '../stopping.ts';
import { SimOutput, type OutputOptions } from './sim-output.ts';
import { assertWritable, saveLines } from './files/log-saving.ts';
import { modeOf, type Mode, type ModeOptions } from './mode.ts';
import { Outside } from './outside/outside.ts';
import { LineRunner, type RunEnd, type LineRunnerOptions } from './line-runner.ts';
import { RunReport, type ReportOptions } from './report.ts';
import { StateFile } from './files/state-file.ts';
import type { Source } from './printer.ts';

/** The options of `ballast sim run`: `log` and `state` name files to write. */
export interface RunOptions extends ModeOptions, OutputOptions, ReportOptions {
  readonly log?: string;
  readonly state?: string;
}

/** The exit status after Ctrl-C, as shells have it. */
export const stoppedStatus = 130;

/** `ballast sim run FILE`: all of a simulation, from its beginning to its end. */
export async function runSim(words: readonly string[], options: RunOptions): Promise<void> {
  const output = new SimOutput(options);
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    return await output.refuseWords(['run', ...words], 'run FILE');
  }
  const { log } = options;
  if (log !== undefined) {
    await assertWritable(log);
    await assertOther(log, file);
  }
  const report = await RunReport.of(options);
  // Only git-annex's simulator must put what it simulates where another one may be.
  const state = output.isGitAnnex ? await StateFile.find(process.cwd(), options.state) : undefined;
  await refuseSecond(output, state);
  if (output.isGitAnnex) output.printer.message('Sim started.');
  const mode = modeOf(options);
  const text = await output.read(file);
  const lines = await readLines(output, { file, text, mode });
  const release = holdSignals();
  try {
    const { simulation, runner, end } = await runLines(output, mode, lines, { report });
    const kept = (): Iterable<string> => firstOf(simulation.log(), runner.keptLength);
    if (end.kind === 'stopped') return await stopped(output, { end, lines, file, log, kept });
    if (log !== undefined) await saveLines(log, kept());
    release();
    await conclude(output, { simulation, end, log, state, source: { file, text } });
  } finally {
    release();
    // Last, as nothing shall be lost when it cannot be written.
    await report?.tell(output, file);
  }
}

/** Tells how a simulation ended, and ends as it did. */
async function conclude(
  output: SimOutput,
  {
    simulation,
    end,
    log,
    state,
    source,
  }: Pick<SimulationRun, 'simulation' | 'end'> & {
    readonly log: string | undefined;
    readonly state: StateFile | undefined;
    readonly source: Source;
  },
): Promise<void> {
  if (end.kind === 'exit') return await output.end(end.status);
  if (end.kind === 'problem') {
    await state?.begin();
    await output.flush();
    output.printer.problem(end.problem, source);
    if (log === undefined || output.isGitAnnex) return await output.unable();
    const told = `what was done before line ${end.problem.line} is in ${log}.`;
    return await output.unable({ plain: told });
  }
  if (output.isGitAnnex) output.printer.message('Sim ended.');
  if (simulation.hasFailed) {
    const isShown = output.isGitAnnex || (log === undefined && !output.isJson);
    if (isShown) await output.lines(simulation.log());
    const where = isShown ? 'shown above' : log === undefined ? '' : `in ${log}`;
    return await output.fail({
      gitAnnex: 'Simulation shown above had errors.',
      plain: `the simulation ${where} had errors.`.replace('  ', ' '),
    });
  }
  await output.flush();
}

/** A simulation that was run to its end, or as far as it went. */
export interface SimulationRun {
  readonly simulation: Simulation;
  readonly runner: LineRunner;
  readonly end: RunEnd;
}

/** Makes a simulation and runs lines in it. */
export async function runLines(
  output: SimOutput,
  mode: Mode,
  lines: readonly SimulationLine[],
  options: {
    readonly goesOn?: (simulation: Simulation) => boolean;
    readonly report?: RunReport | undefined;
  } = {},
): Promise<SimulationRun> {
  const { goesOn = () => true, report } = options;
  const listeners = report?.besides(output.listeners) ?? output.listeners;
  const simulation = new Simulation({ ...mode, ...listeners });
  const follow = report?.recorder.follow;
  const parts = await runOn(output, simulation, lines, {
    goesOn: () => goesOn(simulation),
    follow,
    checks: mode.checks,
  });
  return { simulation, ...parts };
}

/** Runs lines in a simulation. */
export async function runOn(
  output: SimOutput,
  simulation: Simulation,
  lines: readonly SimulationLine[],
  options: Pick<LineRunnerOptions, 'goesOn' | 'follow' | 'checks'> = {},
): Promise<{ readonly runner: LineRunner; readonly end: RunEnd }> {
  const outside = new Outside({
    directory: process.cwd(),
    dialect: simulation.dialect,
    isStdoutTaken: output.isJson,
  });
  const progress = new ProgressLine({ mixes: output.isJson });
  try {
    return await stoppable(async (signal) => {
      const { flush } = output;
      const runner = new LineRunner({ ...options, simulation, outside, flush, progress, signal });
      return { runner, end: await runner.run(lines) };
    });
  } finally {
    progress.clear();
    await outside.close();
  }
}

/** The lines of a file; ends when one does not parse. */
export async function readLines(
  output: SimOutput,
  { file, text, mode }: { readonly file: string; readonly text: string; readonly mode: Mode },
): Promise<readonly SimulationLine[]> {
  const isMarked = !output.isGitAnnex && text.startsWith(byteOrderMark);
  const parsed: ParsedSimulation = isMarked
    ? { kind: 'problem', problem: markedProblem }
    : parseSimulation(text, mode.dialect, output.language);
  if (parsed.kind === 'simulation') return parsed.lines;
  await output.flush();
  output.printer.problem(parsed.problem, { file, text });
  return await output.unable();
}

/** What some editors put before the text of a file; it would be taken for a part of the first word. */
const byteOrderMark = '\uFEFF';

const markedProblem: SimulationProblem = {
  code: 'BS101',
  line: 1,
  column: 1,
  message:
    'the file begins with a byte order mark (the bytes EF BB BF), which is no part of a command',
  expected: 'the same file without it: save it as "UTF-8 without BOM"',
  gitAnnexError: '',
};

/** Ends when a simulation is kept already. */
export async function refuseSecond(output: SimOutput, state: StateFile | undefined): Promise<void> {
  if (state === undefined || !(await state.isThere())) return;
  await output.unable({
    gitAnnex:
      'A sim was previously started. Use `git-annex sim end` to stop it before starting a new one.',
    plain: `a simulation is kept in ${state.path} already; ${state.form('end')} ends it.`,
  });
}

/** The first items of some, as many as are wanted; later ones are not asked for. */
function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let given = 0;
  if (count <= 0) return;
  for (const item of items) {
    yield item;
    given += 1;
    if (given >= count) return;
  }
}

/**
 * Refuses to write over what is run: a run that breaks off would leave less of it than there was.
 * @throws UserError
 */
async function assertOther(log: string, file: string): Promise<void> {
  const [written, read] = await Promise.all(
    [log, file].map((path) => stat(path).catch(() => undefined)),
  );
  if (written?.isFile() !== true || written.ino !== read?.ino || written.dev !== read.dev) return;
  throw new UserError(`${log} is the file that is run; name another one for the log.`);
}

/** Saves the log of what was done until the signal, and says where. */
async function stopped(
  output: SimOutput,
  at: {
    readonly end: Extract<RunEnd, { kind: 'stopped' }>;
    readonly lines: readonly SimulationLine[];
    readonly file: string;
    readonly log: string | undefined;
    readonly kept: () => Iterable<string>;
  },
): Promise<void> {
  const { end, lines, file, kept } = at;
  if (at.log !== undefined) await saveLines(at.log, kept());
  const log = at.log ?? (await saveSomewhere(file, kept));
  const where = `${end.where === 'cutShort' ? 'within' : 'before'} line ${lines[end.index]?.line}`;
  const told =
    `stopped ${where} of ${file}; what was done is in ${log}: ` +
    `"ballast sim start ${log}" does it again, to be gone on with.`;
  await output.fail({ plain: told }, stoppedStatus);
}

/** Saves a log beside the file that was run; where that cannot be, or it is a pipe, here or in /tmp. */
async function saveSomewhere(file: string, kept: () => Iterable<string>): Promise<string> {
  const isFile = (await stat(file).catch(() => undefined))?.isFile() === true;
  const others = [basename(file), join(tmpdir(), basename(file))];
  let refused: unknown;
  for (const place of isFile ? [file, ...others] : others) {
    const log = await freeName(`${place}.stopped.log`);
    try {
      await saveLines(log, kept());
      return log;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

async function freeName(name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    const isThere = await access(candidate).then(
      () => true,
      () => false,
    );
    if (!isThere) return candidate;
  }
}
