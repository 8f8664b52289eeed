import type { Command } from 'commander';
import {
  commandSim,
  endSim,
  showSim,
  startSim,
  type StateOptions,
  type StartOptions,
} from '../sim/state-commands.ts';
import { addExploreForm } from '../sim/explore.ts';
import { addImportForm } from '../sim/import/import.ts';
import { withReportOptions } from '../sim/report.ts';
import { withCompatOption, withModeOptions } from '../sim/mode.ts';
import { replaySim, type ReplayOptions } from '../sim/replay.ts';
import { runSim, type RunOptions } from '../sim/run.ts';

/** `ballast sim`: a network of repositories that exists nowhere else, in git-annex's sim language. */
export function addSimVerb(program: Command): void {
  const sim = program
    .command('sim')
    .description("simulate a network of repositories, in the language of git-annex's sim")
    .argument('[COMMAND...]', 'one command for the simulation that was started, such as step 5')
    .usage('[options] COMMAND...')
    .passThroughOptions()
    .addHelpText('after', commandHelp);
  withStateOptions(sim).action(async (words: readonly string[], options: StateOptions) => {
    if (words.length === 0 && options.compat === undefined) sim.help({ error: true });
    if (isCallForHelp(words)) sim.help();
    await commandSim(words, options);
  });
  addRun(sim);
  addReplay(sim);
  addStateCommands(sim);
  addExploreForm(sim);
  addImportForm(sim);
  for (const form of sim.commands) form.copyInheritedSettings(sim);
}

/** Whether help is wanted of a command of the language; what a visit runs has its own. */
function isCallForHelp(words: readonly string[]): boolean {
  const isVisitWith = words[0] === 'visit' && words.length > 3;
  return !isVisitWith && ['--help', '-h'].includes(words.at(-1) ?? '');
}

function addRun(sim: Command): void {
  const run = sim
    .command('run')
    .description('run a file of commands from its beginning to its end')
    .argument('[FILE...]', 'the file')
    .usage('[options] FILE');
  withReportOptions(withModeOptions(run))
    .option('--log <FILE>', 'write the log there, which can be run and replayed')
    .option('--json', 'print one line of JSON for each transfer, drop and message')
    .option('-q, --quiet', 'print no messages')
    .action(async (words: readonly string[], _: RunOptions, form: Command) => {
      await runSim(words, form.optsWithGlobals<RunOptions>());
    });
}

function addReplay(sim: Command): void {
  const replay = sim
    .command('replay')
    .description('do what a log tells, and tell the first line that does not come out again')
    .argument('[LOG...]', 'the log')
    .usage('[options] LOG');
  withReportOptions(withModeOptions(replay))
    .option('--json', 'print one line of JSON for each transfer, drop and message')
    .option('-q, --quiet', 'print no messages')
    .action(async (words: readonly string[], _: ReplayOptions, form: Command) => {
      await replaySim(words, form.optsWithGlobals<ReplayOptions>());
    });
}

/** The forms of a simulation that is kept between commands. */
function addStateCommands(sim: Command): void {
  const start = sim
    .command('start')
    .description('begin a simulation that is kept, and run a file of commands in it')
    .argument('[FILE...]', 'the file')
    .usage('[options] [FILE]');
  withReportOptions(withStateOptions(withModeOptions(start))).action(
    async (words: readonly string[], _: StartOptions, form: Command) => {
      await startSim(words, form.optsWithGlobals<StartOptions>());
    },
  );
  const show = sim
    .command('show')
    .description('print the log of the simulation that is kept')
    .argument('[WORDS...]')
    .usage('[options]');
  withStateOptions(show).action(
    async (words: readonly string[], _: StateOptions, form: Command) => {
      await showSim(words, form.optsWithGlobals<StateOptions>());
    },
  );
  const end = sim
    .command('end')
    .description('end the simulation that is kept')
    .argument('[WORDS...]')
    .usage('[options]');
  withStateOptions(end).action(async (words: readonly string[], _: StateOptions, form: Command) => {
    await endSim(words, form.optsWithGlobals<StateOptions>());
  });
}

function withStateOptions(command: Command): Command {
  const has = command.options.some(({ long }) => long === '--compat');
  return (has ? command : withCompatOption(command))
    .option(
      '--state <FILE>',
      'where it is kept: by default annex/ballast-sim.json in the git repository around, or ballast-sim.json here',
    )
    .option('--json', 'print one line of JSON for each transfer, drop and message')
    .option('-q, --quiet', 'print no messages');
}

const commandHelp = `
Each command of the sim language can be given by itself once a simulation is started:
  ballast sim start
  ballast sim init laptop
  ballast sim connect laptop '<->' server
  ballast sim -- step 10
Options stand before the command; after -- its words may begin with a dash.
docs/simulator.md tells the language, the two modes, what sets them apart, and the schedulers.`;
