import {
  gitAnnexDialect,
  parseSimulationCommand,
  type Simulation,
  type SimulationLine,
} from '../../simulation/index.ts';
import { UserError } from '../errors.ts';
import { holdSignals } from '../stopping.ts';
import { SimOutput, type OutputOptions } from './sim-output.ts';
import { canBeLogged, notLoggable } from './loggable.ts';
import { modeOf, type Mode, type ModeOptions } from './mode.ts';
import {
  runLines,
  runOn,
  readLines,
  refuseSecond,
  stoppedStatus,
  type SimulationRun,
} from './run.ts';
import { RunReport, type ReportOptions } from './report.ts';
import type { Source, TroubleWords } from './printer.ts';
import { gitAnnexStatePath, StateFile, type StateContent } from './files/state-file.ts';

/** The options of the forms that go on with a simulation that is kept; `state` names its file. */
export interface StateOptions extends OutputOptions {
  readonly state?: string;
}

/** The options of `ballast sim start`. */
export interface StartOptions extends ModeOptions, StateOptions, ReportOptions {}

/** `ballast sim start [FILE]`: begins a simulation that is kept between commands. */
export async function startSim(words: readonly string[], options: StartOptions): Promise<void> {
  const output = new SimOutput(options);
  const [file, ...more] = words;
  if (more.length > 0) return await output.refuseWords(['start', ...words], 'start [FILE]');
  const report = await RunReport.of(options);
  const state = await StateFile.find(process.cwd(), options.state);
  await state.alone({ what: whatOf(['start', ...words]), isMade: true }, () =>
    startIn(state, output, { file, options, report }),
  );
}

async function startIn(
  state: StateFile,
  output: SimOutput,
  {
    file,
    options,
    report,
  }: {
    readonly file: string | undefined;
    readonly options: StartOptions;
    readonly report: RunReport | undefined;
  },
): Promise<void> {
  await refuseSecond(output, state);
  if (output.isGitAnnex) output.printer.message('Sim started.');
  const mode = modeOf(options);
  const text = file === undefined ? '' : await output.read(file);
  const lines = file === undefined ? [] : await readLines(output, { file, text, mode });
  // What breaks off then must be ended, as in git-annex; otherwise it leaves nothing.
  if (output.isGitAnnex) await state.begin();
  const release = holdSignals();
  const { simulation, end } = await runLines(output, mode, lines, { report }).catch(
    async (error: unknown) => {
      await state.remove();
      throw error;
    },
  );
  try {
    await keepStarted(output, { state, mode, lines, simulation, end, source: { file, text } });
  } finally {
    release();
    // Last, as nothing shall be lost when it cannot be written.
    await report?.tell(output, file ?? state.path);
  }
}

/** Keeps what was done, as far as it can be gone on with, and tells how the file ended. */
async function keepStarted(
  output: SimOutput,
  {
    state,
    mode,
    lines,
    simulation,
    end,
    source,
  }: Pick<SimulationRun, 'simulation' | 'end'> & {
    readonly state: StateFile;
    readonly mode: Mode;
    readonly lines: readonly SimulationLine[];
    readonly source: Source;
  },
): Promise<void> {
  switch (end.kind) {
    case 'exit':
      if (output.isGitAnnex) return await output.end(end.status);
      await keepBefore(state, mode, lines, end.index);
      return await output.end(end.status);
    case 'problem':
      await output.flush();
      output.printer.problem(end.problem, source);
      if (output.isGitAnnex) return await output.unable();
      await keepBefore(state, mode, lines, end.index);
      return await output.unable(keptBefore(end.problem.line));
    case 'stopped':
      if (end.where === 'within') await keepBefore(state, mode, lines, end.index);
      else await state.save(simulation);
      return await output.fail(stoppedAt(lines[end.index]), stoppedStatus);
    default:
      await state.save(simulation);
  }
  if (!output.isGitAnnex) output.printer.message(`Sim started; it is kept in ${state.path}.`);
  if (simulation.hasFailed) return await output.fail(hadErrors(state));
  await output.flush();
}

function hadErrors(state: StateFile): TroubleWords {
  return {
    gitAnnex: 'Simulation had errors.',
    plain: `the simulation had errors; ${state.form('show')} shows what was done.`,
  };
}

function keptBefore(line: number): TroubleWords {
  const text = `what was done before line ${line} is kept; "ballast sim" and a command goes on.`;
  return { plain: text };
}

function stoppedAt(line: SimulationLine | undefined): TroubleWords {
  const text = `stopped at line ${line?.line}; what was done is kept, and "ballast sim" and a command goes on.`;
  return { plain: text };
}

/** Keeps what comes of the lines before one: they are run again, as that one may have left traces. */
async function keepBefore(
  state: StateFile,
  mode: Mode,
  lines: readonly SimulationLine[],
  index: number,
): Promise<void> {
  const again = await runLines(new SimOutput({ quiet: true }), mode, lines.slice(0, index));
  if (again.end.kind === 'done') await state.save(again.simulation);
  else await state.remove();
}

/**
 * `ballast sim WORDS`: one command of the simulation that is kept. No other command may change it
 * meanwhile; but whoever looks around in an interactive `visit` changes nothing, and keeps nobody waiting.
 */
export async function commandSim(words: readonly string[], options: StateOptions): Promise<void> {
  const state = await StateFile.find(process.cwd(), options.state);
  if (words[0] === 'visit' && words.length === 2) {
    const loaded = await loadState(state, options);
    if (isOnlyLooking(loaded)) return await commandIn(loaded, words);
  }
  await state.alone({ what: whatOf(words) }, async () => {
    await commandIn(await loadState(state, options), words);
  });
}

/** Whether it leaves no trace that someone looked: with this oddity it does, in what expressions see. */
function isOnlyLooking({ content }: LoadedState): boolean {
  return content.kind === 'simulation' && !content.simulation.oddities.trustlag;
}

async function commandIn(loaded: LoadedState, words: readonly string[]): Promise<void> {
  const { output, state, content } = loaded;
  const parsed = parseSimulationCommand(
    words,
    output.isGitAnnex ? gitAnnexDialect : undefined,
    output.language,
  );
  const text = words.join(' ');
  if (parsed.kind === 'problem') {
    output.printer.problem(parsed.problem, { file: undefined, text });
    return await output.unable();
  }
  if (content.kind !== 'simulation') return await refuseNone(loaded);
  if (!output.isGitAnnex && !canBeLogged(parsed.command))
    return await output.unable(notLoggable(text));
  const { simulation } = content;
  const isLook = parsed.command.kind === 'visit' && parsed.command.words.length === 0;
  const hadFailed = simulation.hasFailed;
  // Until the end of the command, as it is written down then.
  holdSignals();
  const { end } = await runOn(output, simulation, [{ command: parsed.command, line: 0, text }]);
  if (end.kind === 'problem') {
    output.printer.problem(end.problem, { file: undefined, text });
    return await output.unable();
  }
  if (end.kind === 'exit') return await output.end(end.status);
  const isDone = end.kind !== 'stopped' || end.where === 'cutShort';
  if (isDone && !(isLook && isOnlyLooking(loaded))) await state.save(simulation);
  if (end.kind === 'stopped') {
    const told = isDone ? 'stopped; what was done is kept.' : 'stopped; nothing was changed.';
    return await output.fail({ plain: told }, stoppedStatus);
  }
  if (simulation.hasFailed && !hadFailed) return await output.fail(hadErrors(state));
  await output.flush();
}

/** `ballast sim show`: the log of the simulation that is kept. */
export async function showSim(words: readonly string[], options: StateOptions): Promise<void> {
  const state = await StateFile.find(process.cwd(), options.state);
  const loaded = await loadState(state, options);
  const { output, content } = loaded;
  if (words.length > 0) return await output.refuseWords(['show', ...words], 'show');
  if (content.kind !== 'simulation') return await refuseNone(loaded);
  await output.lines(content.simulation.log());
}

/** `ballast sim end`: ends it, also when there is none. */
export async function endSim(words: readonly string[], options: StateOptions): Promise<void> {
  const state = await StateFile.find(process.cwd(), options.state);
  await state.alone({ what: whatOf(['end', ...words]) }, async () => {
    const { output } = await loadState(state, options).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return { output: new SimOutput(options) };
    });
    if (words.length > 0) return await output.refuseWords(['end', ...words], 'end');
    if (!(await state.isOurs())) {
      const told = `${state.path} holds no simulation, and stays as it is; name the file of one.`;
      return await output.unable({ plain: told });
    }
    const wasThere = await state.isThere();
    await state.remove();
    const ours = wasThere
      ? `Sim ended; ${state.path} is removed.`
      : `No sim was started that is kept in ${state.path}.`;
    output.printer.message(output.isGitAnnex ? 'Sim ended.' : ours);
    await output.flush();
  });
}

/** A command as those hear of it that must wait for it. */
function whatOf(words: readonly string[]): string {
  return ['ballast', 'sim', ...words].join(' ');
}

/** A state file as it was read, and the words in which its simulation is spoken of. */
interface LoadedState {
  readonly output: SimOutput;
  readonly state: StateFile;
  readonly content: StateContent;
}

/** The simulation that is kept, spoken of as it was when it was made. */
async function loadState(state: StateFile, options: StateOptions): Promise<LoadedState> {
  const current = { output: new SimOutput(options) };
  const { listeners } = current.output;
  const content = await state.load({
    ...listeners,
    onMessage: (text) => current.output.printer.message(text),
  });
  if (content.kind === 'simulation' && isLikeGitAnnex(content.simulation)) {
    current.output = new SimOutput({ ...options, compat: 'git-annex' });
  }
  return { output: current.output, state, content };
}

function isLikeGitAnnex({ oddities, dialect }: Simulation): boolean {
  const isOdd = Object.values(oddities).every((isOn) => isOn);
  return isOdd && dialect.version === gitAnnexDialect.version;
}

function refuseNone({ output, state, content }: LoadedState): Promise<never> {
  const ours =
    content.kind === 'begun'
      ? `the simulation of ${state.path} failed as it started; ${state.form('end')} removes it.`
      : `no simulation was started here; ${state.form('start')} starts one.`;
  return output.unable({
    gitAnnex: `${gitAnnexStatePath}: openFile: does not exist (No such file or directory)`,
    plain: ours,
  });
}
