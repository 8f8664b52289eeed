import type {
  SimulationCommand,
  SimulationLine,
  SimulationWindow,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';

/** How much of a command is kept, in UTF-16 code units. */
const commandLengthMax = 300;

/** A command that is being run: what it may change, and what it has changed so far. */
export class FollowedCommand {
  readonly #world: SimulationWindow;
  readonly command: SimulationCommand;
  /** As it was written. */
  readonly text: string;
  /** By the names of files that it may change: their keys, when last looked at. */
  readonly #keys = new Map<string, number | undefined>();

  constructor({ command, text }: SimulationLine, world: SimulationWindow) {
    this.command = command;
    this.text = plain(text.trim().slice(0, commandLengthMax));
    this.#world = world;
    for (const file of filesTouched(command)) this.#keys.set(file, world.keyNumber(file));
  }

  /** The keys that files have got and lost since the last look. */
  *changes(): Generator<{ readonly lost: number | undefined; readonly got: number | undefined }> {
    for (const [file, lost] of this.#keys) {
      const got = this.#world.keyNumber(file);
      if (got === lost) continue;
      this.#keys.set(file, got);
      yield { lost, got };
    }
  }

  /** Whether time passes in it. */
  get isWait(): boolean {
    return isWait(this.command);
  }

  /** Whether it gives contents to repositories besides what it does with files. */
  get isAdding(): boolean {
    return ['add', 'addmulti', 'addkey', 'addtree'].includes(this.command.kind);
  }

  /** Whether all files are to be looked at after it. */
  get changesAll(): boolean {
    const { kind } = this.command;
    return ['addtree', 'use', 'trustlevel', 'numcopies', 'lose'].includes(kind);
  }

  /** Whether it changes which repositories there are, or how they stand. */
  get changesRepositories(): boolean {
    return this.changesAll || repositoryKinds.has(this.command.kind);
  }
}

const repositoryKinds: ReadonlySet<SimulationCommand['kind']> = new Set([
  'init',
  'initremote',
  'inituuid',
  'initremoteuuid',
  'clusternode',
  'disk',
  'down',
  'up',
]);

function isWait({ kind }: SimulationCommand): boolean {
  return kind === 'wait' || kind === 'waitstable';
}

/** Whether a run can settle by it. */
export function isStep(command: SimulationCommand): boolean {
  return command.kind === 'step' || command.kind === 'stepstable' || isWait(command);
}

/** Whether a run that had settled may have more to do after it. */
export function isChange({ kind }: SimulationCommand): boolean {
  return !['blank', 'comment', 'present', 'notpresent', 'visit'].includes(kind);
}

/** Files that may have another content after a command than before. */
function* filesTouched(command: SimulationCommand): Generator<string> {
  switch (command.kind) {
    case 'add':
    case 'addkey':
    case 'remove':
      return yield command.file;
    case 'rename':
      yield command.file;
      return yield command.name;
    case 'addmulti':
      for (let number = 1; number <= Number(command.count); number += 1) {
        yield `${number}${command.suffix}`;
      }
      return undefined;
    default:
      return undefined;
  }
}
