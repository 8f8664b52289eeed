/**
 * What `import { ... } from "ballast"` promises: the names that most programs need, each of them also at the
 * subpath that it is from, `ballast/key`, `ballast/expression`, `ballast/placement` or `ballast/simulation`,
 * which give many more. `ballast/protocol` and `ballast/client` speak with other repositories. All but the
 * client runs in a browser.
 */
export { parseKey, parseUuid, serializeKey, type Key, type Uuid } from './key.ts';
export {
  formatProblem,
  parseExpression,
  printExpression,
  simplifyExpression,
  type Expression,
  type Problem,
} from './expression.ts';
export {
  explain,
  fanout,
  formatExplanation,
  formatFinding,
  lintConfiguration,
  lintExpression,
  mayDrop,
  noSettings,
  RefusedExpressionError,
  wanted,
  wouldWantIfAbsent,
  type Configuration,
  type Item,
  type RepositorySettings,
  type World,
} from './placement.ts';
export { formatSimulationProblem, parseSimulation, Simulation } from './simulation.ts';
