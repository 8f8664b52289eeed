/**
 * What `import { ... } from "ballast/simulation"` promises: networks of repositories that exist nowhere else,
 * in the language of `git annex sim`. A text is parsed and run; what happened can be told while it runs, saved
 * and gone on with, replayed from its log, summed up and drawn. Runs in a browser.
 *
 * ```ts
 * const parsed = parseSimulation(text);
 * if (parsed.kind === 'problem') throw new Error(formatSimulationProblem(parsed.problem));
 * const simulation = new Simulation({ seed: 42n });
 * const run = simulation.run(parsed.lines);
 * for (let turn = run.next(); !turn.done; turn = run.next()) {
 *   // Answer `use`, `addtree` and `visit`; show progress at a `pause`, or leave.
 * }
 * for (const line of simulation.log()) console.log(line);
 * ```
 */
export {
  formatSimulationProblem,
  gitAnnexDialect,
  gitAnnexOddities,
  isOddity,
  isSavedSimulation,
  loadSimulation,
  noOddities,
  oddityDocs,
  oddityNames,
  parseSimulation,
  parseSimulationCommand,
  printSimulationCommand,
  schedulerNames,
  Simulation,
  simulationProblemCodes,
  type Belief,
  type ExplorationLimits,
  type Explored,
  type Oddities,
  type Oddity,
  type ParsedSimulation,
  type ParsedSimulationCommand,
  type ReachedState,
  type RepositorySettingsUsed,
  type SchedulerName,
  type SimulatedRepository,
  type SimulationCommand,
  type SimulationEnd,
  type SimulationEvent,
  type SimulationHappening,
  type SimulationLanguage,
  type SimulationLine,
  type SimulationListeners,
  type SimulationMove,
  type SimulationOptions,
  type SimulationProblem,
  type SimulationProblemCode,
  type SimulationRequest,
  type SimulationWindow,
  type UsedFile,
  type UseAnswer,
  type UsedRepository,
} from './simulation/index.ts';
export {
  formatSummary,
  htmlReport,
  momentsMaxDefault,
  SimulationRecorder,
  summarize,
  summaryJson,
  svgReport,
  type Imbalance,
  type RecordedBreaks,
  type RecordedHappening,
  type RecordedMoment,
  type RecordedMove,
  type RecordedRepository,
  type RecordedTime,
  type RecordedTraffic,
  type RecorderOptions,
  type RepositorySummary,
  type SimulationRecording,
  type SimulationSummary,
} from './report/index.ts';
export type { Read } from './units/index.ts';
