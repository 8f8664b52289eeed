import { dialects, type Dialect } from '../../src/expression/index.ts';
import {
  gitAnnexOddities,
  noOddities,
  parseSimulation,
  Simulation,
  type Oddities,
  type Oddity,
  type SimulationEnd,
  type SimulationEvent,
  type SimulationOptions,
  type SimulationProblem,
  type SimulationRequest,
} from '../../src/simulation/index.ts';

/** What a simulation came to. */
export interface Ran {
  readonly simulation: Simulation;
  readonly end: SimulationEnd;
  readonly log: string;
  readonly messages: readonly string[];
  readonly events: readonly SimulationEvent[];
}

export interface RunOptions extends Partial<SimulationOptions> {
  readonly dialect?: Dialect;
  /** Answers requests; without it a visit is a success, and nothing can be used. */
  readonly answer?: (request: SimulationRequest) => void;
}

/** Runs the text of a simulation; throws when it does not parse. */
export function run(text: string, options: RunOptions = {}): Ran {
  const { answer = () => undefined, dialect = dialects.reference, seed = 1n, ...others } = options;
  const events: SimulationEvent[] = [];
  const simulation = new Simulation({
    onEvent: (event) => void events.push(event),
    ...others,
    seed,
    dialect,
  });
  const end = runOn(simulation, text, answer);
  return { simulation, end, log: logOf(simulation), messages: simulation.messages, events };
}

/** Runs further lines. */
export function runOn(
  simulation: Simulation,
  text: string,
  answer: (request: SimulationRequest) => void = () => undefined,
): SimulationEnd {
  const parsed = parseSimulation(text, simulation.dialect);
  if (parsed.kind === 'problem') throw new ParseProblem(parsed.problem);
  const turns = simulation.run(parsed.lines);
  for (let turn = turns.next(); ; turn = turns.next()) {
    if (turn.done === true) return turn.value;
    answer(turn.value);
  }
}

/** The log as git-annex shows it. */
export function logOf(simulation: Simulation): string {
  return [...simulation.log()].map((line) => `${line}\n`).join('');
}

/** A text that does not parse. */
export class ParseProblem extends Error {
  readonly problem: SimulationProblem;

  constructor(problem: SimulationProblem) {
    super(problem.gitAnnexError);
    this.problem = problem;
  }
}

/** As git-annex does it. */
export const compatible: RunOptions = { oddities: gitAnnexOddities };

/** One oddity, and no other. */
export function only(oddity: Oddity): Oddities {
  return { ...noOddities, [oddity]: true };
}

/** The changes of a log, without the commands. */
export function changesIn(log: string): readonly string[] {
  return log.split('\n').filter((line) => /^(?:not)?present /.test(line));
}
