import { InvalidArgumentError, Option, type Command } from 'commander';
import { dialectDefault, type Dialect } from '../../expression/index.ts';
import {
  gitAnnexDialect,
  gitAnnexOddities,
  isOddity,
  noOddities,
  oddityNames,
  parseSimulationCommand,
  schedulerNames,
  type Oddities,
  type SchedulerName,
} from '../../simulation/index.ts';
import { randomSeed } from './random-seed.ts';
import type { Checks } from './logged-again.ts';

/** How a simulation is made. */
export interface ModeOptions {
  readonly compat?: 'git-annex';
  readonly seed?: bigint;
  readonly scheduler: SchedulerName;
  readonly oddity?: readonly OddityChoice[];
}

/** One oddity, to be had or not. */
interface OddityChoice {
  readonly name: keyof Oddities;
  readonly isOn: boolean;
}

/** How a simulation is to be, all of it decided. */
export interface Mode {
  readonly seed: bigint;
  readonly scheduler: SchedulerName;
  readonly oddities: Oddities;
  readonly dialect: Dialect;
  /** Git-annex's simulator checks its own log when that is run again. */
  readonly checks: Checks;
}

/** The options by which a new simulation is made. */
export function withModeOptions(command: Command): Command {
  return withCompatOption(command)
    .option('--seed <N>', 'where chance begins, unless the file says so; drawn when left out', seed)
    .addOption(
      new Option('--scheduler <NAME>', 'what chooses in steps')
        .choices(schedulerNames)
        .default('git-annex'),
    )
    .option(
      '--oddity <NAME>',
      `do in one thing as git-annex's simulator does, or with no-NAME not: ${oddityNames.join(', ')}`,
      addOddity,
    );
}

/** The option to be as git-annex is, which every form of the verb has. */
export function withCompatOption(command: Command): Command {
  const description = "do, log and say everything as git-annex's simulator does";
  return command.addOption(
    new Option('--compat <NAME>', description).choices(['git-annex']).argParser(compat),
  );
}

/** What is meant by options: without `--compat`, what real repositories would do. */
export function modeOf(options: ModeOptions): Mode {
  const isCompat = options.compat !== undefined;
  const oddities = Object.fromEntries(
    (options.oddity ?? []).map(({ name, isOn }) => [name, isOn] as const),
  );
  return {
    seed: options.seed ?? randomSeed(),
    scheduler: options.scheduler,
    oddities: { ...(isCompat ? gitAnnexOddities : noOddities), ...oddities },
    dialect: isCompat ? gitAnnexDialect : dialectDefault,
    checks: isCompat ? 'all' : 'notLogged',
  };
}

function compat(text: string): 'git-annex' {
  if (text === 'git-annex') return text;
  throw new InvalidArgumentError('It is git-annex.');
}

function seed(text: string): bigint {
  const parsed = parseSimulationCommand(['seed', text]);
  if (parsed.kind === 'command' && parsed.command.kind === 'seed') return parsed.command.seed;
  throw new InvalidArgumentError('It is a whole number.');
}

function addOddity(text: string, before: readonly OddityChoice[] = []): readonly OddityChoice[] {
  const isOn = !text.startsWith('no-');
  const name = isOn ? text : text.slice('no-'.length);
  if (isOddity(name)) return [...before, { name, isOn }];
  throw new InvalidArgumentError(`It is one of ${oddityNames.join(', ')}, or no- and one of them.`);
}
