import { plain } from '../../units/index.ts';

/** What can be wrong with a simulation; codes are stable. */
export const simulationProblemCodes = {
  BS101: 'No command has this name.',
  BS102: 'The command lacks words.',
  BS103: 'The command has words too many.',
  BS104: 'A word is not the number, size, level or setting that must stand there.',
  BS105: 'Names and arrows do not take turns.',
  BS106: 'A number is beyond a limit.',
  BS201: 'No repository has this name.',
  BS202: 'The name is taken.',
  BS203: 'Git-annex does not run on a special remote.',
  BS204: 'The repository does not have this remote.',
  BS205: 'A preferred content expression does not parse.',
  BS206: 'The simulation has no such file.',
  BS207: 'A repository cannot be used.',
  BS208: 'A cluster node cannot be pulled from or pushed to.',
  BS209: 'A file has this name.',
  BS210: 'A disk is too full.',
  BS211: 'No cluster node has this name.',
  BS212: 'There is nothing to end.',
  BS213: 'A repository stands on both sides.',
  BS214: 'No cluster has this name.',
  BS215: 'A cluster has no such node.',
} as const;

/** The code of a {@link SimulationProblem}; each stands for one sentence of `simulationProblemCodes`. */
export type SimulationProblemCode = keyof typeof simulationProblemCodes;

/** What is wrong, before its place in a file is known. */
export interface SimulationTrouble {
  readonly code: SimulationProblemCode;
  /** A sentence about this very text. */
  readonly message: string;
  /** What could have stood there. */
  readonly expected: string;
  /** What git-annex prints after `git-annex: ` (spec/sim.md section 4.3). */
  readonly gitAnnexError: string;
}

/** Something wrong with a simulation: data, never thrown out of the engine. */
export interface SimulationProblem extends SimulationTrouble {
  /** From 1; 0 for a command that stands in no file. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** A problem in one line, for people. */
export function formatSimulationProblem(problem: SimulationProblem): string {
  const { code, line, column, message, expected } = problem;
  return plain(`${code} at line ${line}, column ${column}: ${message}; expected ${expected}`);
}
