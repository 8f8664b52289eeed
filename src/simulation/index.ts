/**
 * A network of repositories that exists nowhere else: git-annex's sim language, run on placement's
 * evaluator. With git-annex's oddities it gives git-annex's log byte for byte; without, it does what real
 * repositories would do. Pure and synchronous: what needs files or processes is asked for by requests.
 */
export {
  type Command as SimulationCommand,
  type Line as SimulationLine,
} from './commands/command.ts';
export { factsOf as simulationCommandFacts } from './commands/facts.ts';
export {
  parseCommand as parseSimulationCommand,
  parseSimulation,
  type ParsedCommand as ParsedSimulationCommand,
  type ParsedSimulation,
  type SimulationLanguage,
} from './commands/parse.ts';
export { printDuration as printSimulationDuration } from './language/duration.ts';
export {
  printCommand as printSimulationCommand,
  printCommandAsRead as printSimulationCommandAsRead,
} from './commands/print.ts';
export {
  formatSimulationProblem,
  simulationProblemCodes,
  type SimulationProblem,
  type SimulationProblemCode,
} from './language/problem.ts';
export {
  gitAnnexOddities,
  isOddity,
  noOddities,
  oddityDocs,
  oddityNames,
  type Oddities,
  type Oddity,
} from './oddities.ts';
export { type SimulationEvent, type SimulationHappening } from './acts/operations.ts';
export {
  type ExplorationLimits,
  type Explored,
  type ReachedState,
  type SimulationMove,
} from './commands/explore.ts';
export {
  type SimulationRequest,
  type UseAnswer,
  type UsedFile,
  type UsedRepository,
} from './acts/requests.ts';
export { schedulerNames, type SchedulerName } from './acts/scheduler.ts';
export { isSavedText as isSavedSimulation } from './saved/saved.ts';
export {
  gitAnnexDialect,
  loadSimulation,
  Simulation,
  type SimulationEnd,
  type SimulationListeners,
  type SimulationOptions,
} from './simulation.ts';
export type { RepositorySettingsUsed } from './world/repositories.ts';
export {
  type Belief,
  type SimulatedRepository,
  type SimulationWindow,
} from './world/window.ts';
export {
  type RealAnnex,
  type RealCluster,
  type RealContent,
  type RealCounts,
  type ImportedRepository,
} from './import/annex.ts';
export { SimulationComposer } from './import/compose.ts';
export { Strata } from './import/strata.ts';
