/**
 * The preferred content language: a text becomes a tree of typed terms, or problems with positions.
 * What terms mean in an annex is placement's business; everything else that is known of a term stands
 * in one table, `terms`.
 */
export {
  copiesOf,
  trustLevels,
  type BalancedArgument,
  type CopiesArgument,
  type CopiesOf,
  type MetadataArgument,
  type MetadataOperator,
  type MetadataTest,
} from './arguments.ts';
export { nestingMax } from './fold.ts';
export { expressionLengthMax, parseExpression, type Parsed } from './parse.ts';
export {
  gitAnnexError,
  problemCodes,
  type Problem,
  type ProblemCode,
  type Span,
} from './problem.ts';
export {
  isTermName,
  terms,
  type Dependence,
  type TermArguments,
  type TermName,
  type TermRow,
} from './terms.ts';
export {
  any,
  isEmpty,
  spineOf,
  type Any,
  type Both,
  type Expression,
  type Not,
  type Spine,
  type Term,
  type TermNamed,
  type TermOf,
} from './tree.ts';
