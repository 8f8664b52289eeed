/**
 * The preferred content language: a text becomes a tree of typed terms, or problems with positions.
 * What terms mean in an annex is placement's business; everything else that is known of a term
 * stands in one table, `terms`.
 */
export { oddArrangements, type Edit, type Odd } from './arrangement.ts';
export {
  type BalancedArgument,
  type BalancedNumber,
  type BalancedTest,
  type KeepingBalancedArgument,
} from './balanced-arguments.ts';
export { changedTerms } from './changed-terms.ts';
export {
  copiesOf,
  trustLevels,
  type CopiesArgument,
  type CopiesOf,
  type CountedGroup,
  type LackingArgument,
} from './copies-arguments.ts';
export {
  areEquivalent,
  decidedAtomsMax,
  decidedStepsMax,
  decidedWorkMax,
  isAlways,
  isNever,
  subsumes,
  type Decision,
  type Supposition,
} from './decide.ts';
export {
  compareDialects,
  dialectDefault,
  dialects,
  isAtLeast,
  largeNumbersOf,
  parseDialect,
  type Dialect,
  type DialectName,
} from './dialect.ts';
export { nestingMax } from './fold.ts';
export { parseGroupLimit, type GroupLimit } from './group-limit.ts';
export {
  type MetadataArgument,
  type MetadataOperator,
  type MetadataTest,
} from './metadata-arguments.ts';
export { exactJson, formatTree, treeJson } from './outline.ts';
export { expressionLengthMax, parseExpression, type Parsed } from './parse.ts';
export { likelyWord } from './likely-word.ts';
export { placeIn } from './place.ts';
export type { Excerpt, Place } from './place.ts';
export { printExpression } from './print.ts';
export {
  formatProblem,
  gitAnnexError,
  problemCodes,
  type Problem,
  type ProblemCode,
  type Span,
} from './problem.ts';
export { simplifyExpression } from './simplify-meaning.ts';
export type { Dependence, LaterForm, Need, Polarity, Row } from './term-row.ts';
export { isTermName, terms, type TermArguments, type TermName, type TermRow } from './terms.ts';
export {
  formatTerm,
  formatTermsPage,
  termsTable,
  type ToldForm,
  type ToldTerm,
} from './terms-table.ts';
export { termsIn, type PlacedTerm } from './terms-in.ts';
export {
  any,
  isEmpty,
  spineOf,
  type Any,
  type Both,
  type Expression,
  type Joined,
  type Not,
  type Spine,
  type Term,
  type TermNamed,
  type TermOf,
} from './tree.ts';
