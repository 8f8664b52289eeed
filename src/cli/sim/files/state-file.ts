import { mkdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GitError, thisMachine } from '../../../repository/index.ts';
import {
  isSavedSimulation,
  loadSimulation,
  type Simulation,
  type SimulationListeners,
} from '../../../simulation/index.ts';
import { isErrorCode } from '../../../units/index.ts';
import { UserError, unreadable } from '../../errors.ts';
import { saveLines, unwritable } from './log-saving.ts';
import { lockState } from './state-lock.ts';

/** The file of the simulation of a repository, beside what git-annex keeps, or of a directory. */
const inAnnex = 'annex/ballast-sim.json';
const inDirectory = 'ballast-sim.json';

/** Where git-annex keeps its own, as it says when there is none. */
export const gitAnnexStatePath = '.git/annex/sim/state';

/** What a state file holds. */
export type StateContent =
  | { readonly kind: 'nothing' }
  /** As git-annex has it: a simulation failed as it started, and must be ended. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'simulation'; readonly simulation: Simulation };

/** The file in which a simulation is kept between commands. */
export class StateFile {
  readonly path: string;
  readonly #isNamed: boolean;

  private constructor(path: string, isNamed: boolean) {
    this.path = path;
    this.#isNamed = isNamed;
  }

  /** A form of the verb that means this file, as one types it. */
  form(name: 'start' | 'end' | 'show'): string {
    return `"ballast sim ${name}${this.#isNamed ? ` --state ${this.path}` : ''}"`;
  }

  /**
   * The one that was named; else that of the git repository around the current directory, and where
   * there is none that of the directory.
   * @throws UserError for a name that is none of a file.
   */
  static async find(directory: string, named: string | undefined): Promise<StateFile> {
    if (named === '') throw new UserError('the name of the state file is empty; name one.');
    const state = new StateFile(named ?? (await ownPath(directory)), named !== undefined);
    await state.isThere();
    return state;
  }

  /**
   * Whether something is kept, a simulation or the beginning of one.
   * @throws UserError when what is there is no file.
   */
  async isThere(): Promise<boolean> {
    const found = await stat(this.path).catch((error: unknown) => {
      if (isErrorCode(error, ...missing)) return undefined;
      throw unreadable(this.path, error);
    });
    if (found?.isFile() === false) {
      throw new UserError(
        `${this.path} is no file that a simulation can be kept in; name another.`,
      );
    }
    return found !== undefined;
  }

  /**
   * Does something while no other command may change what is kept.
   * @param what the command, for those that must wait.
   * @param isMade whether a simulation shall be kept that is none yet: then there must be a place for it.
   * @throws UserError when another command is at it, or no lock can be had.
   */
  async alone<T>(
    { what, isMade = false }: { readonly what: string; readonly isMade?: boolean },
    act: () => Promise<T>,
  ): Promise<T> {
    if (isMade) await this.#makeDirectory();
    // Commands by any name of the file shall meet at one lock.
    const place = await realpath(this.path).catch(() => resolve(this.path));
    const lock = await lockState(place, what).catch(async (error: unknown) => {
      const isNothing = isErrorCode(error, ...noPlace) && !isMade && !(await this.isThere());
      if (!isNothing) throw unwritable(this.path, error);
    });
    try {
      return await act();
    } finally {
      lock?.release();
    }
  }

  /**
   * What is kept. May be asked for without a lock: the file is replaced by another that is whole.
   * @throws UserError when it cannot be read as a simulation.
   */
  async load(listeners: SimulationListeners): Promise<StateContent> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (isErrorCode(error, ...missing)) return undefined;
      throw unreadable(this.path, error);
    });
    if (text === undefined) return { kind: 'nothing' };
    if (text.trim() === '') return { kind: 'begun' };
    const loaded = loadSimulation(text, listeners);
    if (loaded.kind === 'value') return { kind: 'simulation', simulation: loaded.value };
    const way = this.#isOurText(text) ? `${this.form('end')} removes it` : 'Name another file';
    throw new UserError(`${this.path} holds no simulation: ${loaded.message}. ${way}.`);
  }

  /**
   * Whether `end` may remove what is there, also when it cannot be read as a simulation: in our own
   * place it is ours, but what one names may be anything.
   * @throws UserError when it cannot be read.
   */
  async isOurs(): Promise<boolean> {
    if (!this.#isNamed) return true;
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (isErrorCode(error, ...missing)) return '';
      throw unreadable(this.path, error);
    });
    return this.#isOurText(text);
  }

  #isOurText(text: string): boolean {
    return !this.#isNamed || text.trim() === '' || isSavedSimulation(text);
  }

  /**
   * Durable when it resolves; when it throws, what was kept is kept still.
   * @throws UserError that says why it cannot be written.
   */
  async save(simulation: Simulation): Promise<void> {
    simulation.endRun();
    await this.#write([simulation.save()]);
  }

  /** Keeps that a simulation was begun, without one. */
  async begin(): Promise<void> {
    await this.#write([]);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true }).catch((cause: unknown) => {
      if (!isErrorCode(cause, ...missing)) throw unwritable(this.path, cause);
    });
  }

  async #write(lines: readonly string[]): Promise<void> {
    await this.#makeDirectory();
    await saveLines(this.path, lines);
  }

  async #makeDirectory(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true }).catch((cause: unknown) => {
      throw unwritable(this.path, isErrorCode(cause, 'EEXIST') ? notDirectory : cause);
    });
  }
}

async function ownPath(directory: string): Promise<string> {
  try {
    const { gitDirectory } = await thisMachine.places.find(directory);
    return join(gitDirectory, inAnnex);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // A simulation needs no git, and where there is none there is no repository to speak of.
    if (error.data.exitStatus === undefined && !isErrorCode(error.cause, ...missing)) throw error;
    return join(directory, inDirectory);
  }
}

const missing: readonly string[] = ['ENOENT', 'ENOTDIR'];
const noPlace: readonly string[] = [...missing, 'EACCES', 'EROFS', 'ENOSPC'];
const notDirectory: unknown = Object.assign(new Error(), { code: 'ENOTDIR' });
