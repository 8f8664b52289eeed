import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GitError, runGit } from '../../repository/index.ts';
import {
  loadSimulation,
  type Simulation,
  type SimulationListeners,
} from '../../simulation/index.ts';
import { decodeText } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import { saveLines } from './log-saving.ts';

/** The file of the simulation of a repository, beside what git-annex keeps, or of a directory. */
const inAnnex = 'annex/ballast-sim.json';
const inDirectory = 'ballast-sim.json';

/** Where git-annex keeps its own, as it says when there is none. */
export const gitAnnexStatePath = '.git/annex/sim/state';

/** What a state file holds. */
export type Kept =
  | { readonly kind: 'nothing' }
  /** As git-annex has it: a simulation failed as it started, and must be ended. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'simulation'; readonly simulation: Simulation };

/** The file in which a simulation is kept between commands. */
export class StateFile {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * The one that was named; else that of the git repository around the current directory, and where
   * there is none that of the directory.
   */
  static async find(directory: string, named: string | undefined): Promise<StateFile> {
    if (named !== undefined) return new StateFile(named);
    try {
      const output = await runGit(['rev-parse', '--git-common-dir'], { directory });
      const gitDirectory = resolve(directory, decodeText(output).replace(/\n$/, ''));
      return new StateFile(join(gitDirectory, inAnnex));
    } catch (error) {
      if (!(error instanceof GitError) || error.exitStatus === undefined) throw error;
      return new StateFile(join(directory, inDirectory));
    }
  }

  /** Whether something is kept, a simulation or the beginning of one. */
  async isThere(): Promise<boolean> {
    const found = await stat(this.path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    return found !== undefined;
  }

  /**
   * What is kept.
   * @throws UserError when it cannot be read as a simulation.
   */
  async load(listeners: SimulationListeners): Promise<Kept> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (text === undefined) return { kind: 'nothing' };
    if (text.trim() === '') return { kind: 'begun' };
    const loaded = loadSimulation(text, listeners);
    if (loaded.isRead) return { kind: 'simulation', simulation: loaded.value };
    throw new UserError(
      `${this.path} holds no simulation: ${loaded.message}. "ballast sim end" removes it.`,
    );
  }

  async save(simulation: Simulation): Promise<void> {
    simulation.endRun();
    await this.#write([simulation.save()]);
  }

  /** Keeps that a simulation was begun, without one. */
  async begin(): Promise<void> {
    await this.#write([]);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async #write(lines: readonly string[]): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await saveLines(this.path, lines);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
