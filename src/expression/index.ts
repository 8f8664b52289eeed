/**
 * The preferred content language: a text becomes a tree of typed terms, or problems with positions.
 * What terms mean in an annex is placement's business; everything else that is known of a term
 * stands in one table, `terms`.
 */
export { oddArrangements, type Edit, type Odd } from './parse/arrangement.ts';
export {
  type BalancedArgument,
  type BalancedNumber,
  type BalancedTest,
  type KeepingBalancedArgument,
} from './terms/balanced-arguments.ts';
export { changedTerms } from './parse/changed-terms.ts';
export {
  trustLevels,
  type CopiesArgument,
  type CopiesOf,
  type CountedGroup,
  type LackingArgument,
} from './terms/copies-arguments.ts';
export { areInterchangeable, compareExpressions, type Comparison } from './decide/compare.ts';
export {
  areEquivalent,
  areExclusive,
  decidedAtomsMax,
  isAlways,
  isNever,
  subsumes,
  type Decision,
  type Supposition,
} from './decide/decide.ts';
export {
  compareDialects,
  dialectDefault,
  dialects,
  isAtLeast,
  largeNumbersOf,
  parseDialect,
  type Dialect,
  type DialectName,
} from './terms/dialect.ts';
export { nestingMax } from './parse/fold.ts';
export { parseGroupLimit, type GroupLimit } from './terms/group-limit.ts';
export {
  type MetadataArgument,
  type MetadataOperator,
  type MetadataTest,
} from './terms/metadata-arguments.ts';
export { exactJson, formatTree, treeJson } from './print/outline.ts';
export { expressionLengthMax, parseExpression, type Parsed } from './parse/parse.ts';
export { likelyWord } from './parse/likely-word.ts';
export { placeIn } from './terms/place.ts';
export type { Excerpt, Place } from './terms/place.ts';
export { printExpression } from './print/print.ts';
export {
  formatProblem,
  problemCodes,
  type Problem,
  type ProblemCode,
  type Span,
} from './terms/problem.ts';
export { simplifyExpression } from './decide/simplify-meaning.ts';
export type { Dependence, Need, Polarity } from './terms/term-row.ts';
export {
  isTermName,
  terms,
  type TermArguments,
  type TermName,
} from './terms/terms.ts';
export {
  formatTerm,
  formatTermsPage,
  termsTable,
  type ListedForm,
  type ListedTerm,
} from './print/terms-table.ts';
export { termsIn, type PlacedTerm } from './terms/terms-in.ts';
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
} from './terms/tree.ts';
