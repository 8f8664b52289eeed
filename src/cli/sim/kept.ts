import {
  gitAnnexDialect,
  parseSimulationCommand,
  type Simulation,
  type SimulationLine,
} from '../../simulation/index.ts';
import { UserError } from '../errors.ts';
import { Desk, type SpeechOptions } from './desk.ts';
import { modeOf, type Mode, type ModeOptions } from './mode.ts';
import { play, playOn, readLines, refuseSecond, stoppedStatus } from './run.ts';
import type { Told } from './voice.ts';
import { gitAnnexStatePath, StateFile, type Kept } from './state-file.ts';

export interface KeptOptions extends SpeechOptions {
  readonly state?: string;
}

export interface StartOptions extends ModeOptions, KeptOptions {}

/** `ballast sim start [FILE]`: begins a simulation that is kept between commands. */
export async function startSim(words: readonly string[], options: StartOptions): Promise<void> {
  const desk = new Desk(options);
  const [file, ...more] = words;
  if (more.length > 0) return await desk.refuseWords(['start', ...words], 'start [FILE]');
  const state = await StateFile.find(process.cwd(), options.state);
  await refuseSecond(desk, state);
  if (desk.isGitAnnex) desk.voice.message('Sim started.');
  const mode = modeOf(options);
  const text = file === undefined ? '' : await desk.read(file);
  const lines = file === undefined ? [] : await readLines(desk, { file, text, mode });
  await state.begin();
  const { simulation, played } = await play(desk, mode, lines).catch(async (error: unknown) => {
    await state.remove();
    throw error;
  });
  switch (played.kind) {
    case 'exit':
      if (desk.isGitAnnex) return await desk.end(played.status);
      await keepBefore(state, mode, lines, played.index);
      return await desk.end(played.status);
    case 'problem':
      await desk.flush();
      desk.voice.problem(played.problem, { file, text });
      if (desk.isGitAnnex) return await desk.end(1);
      await keepBefore(state, mode, lines, played.index);
      return await desk.fail(keptBefore(played.problem.line));
    case 'stopped':
      if (played.where === 'within') await keepBefore(state, mode, lines, played.index);
      else await state.save(simulation);
      return await desk.fail(stoppedAt(lines[played.index]), stoppedStatus);
    default:
      await state.save(simulation);
  }
  if (!desk.isGitAnnex) desk.voice.message(`Sim started; it is kept in ${state.path}.`);
  if (simulation.hasFailed) return await desk.fail(hadErrors);
  await desk.flush();
}

const hadErrors: Told = {
  gitAnnex: 'Simulation had errors.',
  plain: 'the simulation had errors; "ballast sim show" shows what was done.',
};

function keptBefore(line: number): Told {
  const text = `what was done before line ${line} is kept; "ballast sim" and a command goes on.`;
  return { plain: text };
}

function stoppedAt(line: SimulationLine | undefined): Told {
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
  const again = await play(new Desk({ quiet: true }), mode, lines.slice(0, index));
  if (again.played.kind === 'done') await state.save(again.simulation);
  else await state.remove();
}

/** `ballast sim WORDS`: one command of the simulation that is kept. */
export async function commandSim(words: readonly string[], options: KeptOptions): Promise<void> {
  const { desk, state, kept } = await openKept(options);
  const parsed = parseSimulationCommand(
    words,
    desk.isGitAnnex ? gitAnnexDialect : undefined,
    desk.language,
  );
  const text = words.join(' ');
  if (parsed.kind === 'problem') {
    desk.voice.problem(parsed.problem, { file: undefined, text });
    return await desk.end(1);
  }
  if (kept.kind !== 'simulation') return await refuseNone(desk);
  const { simulation } = kept;
  const hadFailed = simulation.hasFailed;
  const { played } = await playOn(desk, simulation, [{ command: parsed.command, line: 0, text }]);
  if (played.kind === 'problem') {
    desk.voice.problem(played.problem, { file: undefined, text });
    return await desk.end(1);
  }
  if (played.kind === 'exit') return await desk.end(played.status);
  const isDone = played.kind !== 'stopped' || played.where === 'cutShort';
  if (isDone) await state.save(simulation);
  if (played.kind === 'stopped') {
    const told = isDone ? 'stopped; what was done is kept.' : 'stopped; nothing was changed.';
    return await desk.fail({ plain: told }, stoppedStatus);
  }
  if (simulation.hasFailed && !hadFailed) return await desk.fail(hadErrors);
  await desk.flush();
}

/** `ballast sim show`: the log of the simulation that is kept. */
export async function showSim(words: readonly string[], options: KeptOptions): Promise<void> {
  const { desk, kept } = await openKept(options);
  if (words.length > 0) return await desk.refuseWords(['show', ...words], 'show');
  if (kept.kind !== 'simulation') return await refuseNone(desk);
  await desk.lines(kept.simulation.log());
}

/** `ballast sim end`: ends it, also when there is none. */
export async function endSim(words: readonly string[], options: KeptOptions): Promise<void> {
  const { desk, state } = await openKept(options).catch(async (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    const state = await StateFile.find(process.cwd(), options.state);
    return { desk: new Desk(options), state };
  });
  if (words.length > 0) return await desk.refuseWords(['end', ...words], 'end');
  await state.remove();
  desk.voice.message(desk.isGitAnnex ? 'Sim ended.' : `Sim ended; ${state.path} is removed.`);
  await desk.flush();
}

interface OpenedKept {
  readonly desk: Desk;
  readonly state: StateFile;
  readonly kept: Kept;
}

/** The simulation that is kept, spoken of as it was when it was made. */
async function openKept(options: KeptOptions): Promise<OpenedKept> {
  const state = await StateFile.find(process.cwd(), options.state);
  const speaking = { desk: new Desk(options) };
  const { listeners } = speaking.desk;
  const kept = await state.load({
    ...listeners,
    onMessage: (text) => speaking.desk.voice.message(text),
  });
  if (kept.kind === 'simulation' && isLikeGitAnnex(kept.simulation)) {
    speaking.desk = new Desk({ ...options, compat: 'git-annex' });
  }
  return { desk: speaking.desk, state, kept };
}

function isLikeGitAnnex({ oddities, dialect }: Simulation): boolean {
  const isOdd = Object.values(oddities).every((isOn) => isOn);
  return isOdd && dialect.version === gitAnnexDialect.version;
}

function refuseNone(desk: Desk): Promise<never> {
  return desk.fail({
    gitAnnex: `${gitAnnexStatePath}: openFile: does not exist (No such file or directory)`,
    plain: 'no simulation was started here; "ballast sim start" starts one.',
  });
}
