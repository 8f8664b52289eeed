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
  formatSummary,
  gitAnnexDialect,
  gitAnnexOddities,
  htmlReport,
  isOddity,
  isSavedSimulation,
  loadSimulation,
  momentsMaxDefault,
  noOddities,
  oddityDocs,
  oddityNames,
  parseSimulation,
  parseSimulationCommand,
  printSimulationCommand,
  schedulerNames,
  Simulation,
  simulationProblemCodes,
  SimulationRecorder,
  summarize,
  summaryJson,
  svgReport,
  type Belief,
  type ExplorationLimits,
  type Explored,
  type Imbalance,
  type Oddities,
  type Oddity,
  type ParsedSimulation,
  type ParsedSimulationCommand,
  type ReachedState,
  type RecordedBreaks,
  type RecordedHappening,
  type RecordedMoment,
  type RecordedMove,
  type RecordedRepository,
  type RecordedTime,
  type RecordedTraffic,
  type RecorderOptions,
  type RepositorySettingsUsed,
  type RepositorySummary,
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
  type SimulationRecording,
  type SimulationRequest,
  type SimulationSummary,
  type SimulationWindow,
  type UsedFile,
  type UsedRepository,
} from './simulation/index.ts';
export type { Read } from './placement/index.ts';
