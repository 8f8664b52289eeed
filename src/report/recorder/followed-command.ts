import {
  simulationCommandFacts,
  type SimulationCommand,
  type SimulationLine,
  type SimulationWindow,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';

/** How much of a command is kept, in UTF-16 code units. */
const commandLengthMax = 300;

/** A command that is being run: what it may change, and what it has changed so far. */
export class FollowedCommand {
  readonly #world: SimulationWindow;
  readonly #facts: ReturnType<typeof simulationCommandFacts>;
  readonly command: SimulationCommand;
  /** As it was written. */
  readonly text: string;
  /** By the names of files that it may change: their keys, when last looked at. */
  readonly #keys = new Map<string, number | undefined>();

  constructor({ command, text }: SimulationLine, world: SimulationWindow) {
    this.command = command;
    this.text = plain(text.trim().slice(0, commandLengthMax));
    this.#world = world;
    this.#facts = simulationCommandFacts(command);
    for (const file of this.#facts.files) this.#keys.set(file, world.keyNumber(file));
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
    return this.#facts.settlesIn === 'time';
  }

  /** Whether a run can settle by it. */
  get isStep(): boolean {
    return this.#facts.settlesIn !== undefined;
  }

  /** Whether a run that had settled may have more to do after it. */
  get isChange(): boolean {
    return this.#facts.changes !== 'nothing';
  }

  /** Whether it gives contents to repositories besides what it does with files. */
  get isAdding(): boolean {
    return this.#facts.isAdding;
  }

  /** Whether all files are to be looked at after it. */
  get changesAll(): boolean {
    return this.#facts.changes === 'everything';
  }

  /** Whether it changes which repositories there are, or how they stand. */
  get changesRepositories(): boolean {
    return this.changesAll || this.#facts.changes === 'repositories';
  }
}
