/**
 * Who wants what: expressions evaluated against a configuration and a view of where contents are,
 * and the nodes of a cluster that an upload goes to. Pure: the same question always gets the same
 * answer.
 */
export { type AnswerLine, type BatchAnswer } from './batch/answer.ts';
export {
  answerCases,
  readCase,
  troubleWith,
  worldOf,
  type Answers,
  type Case,
} from './batch/case.ts';
export { answerPicks } from './batch/picks.ts';
export {
  readRecordedAnnex,
  readRecordedAnnexes,
  type RecordedAnnex,
} from './batch/recorded-annex.ts';
export { type Read } from './batch/shape.ts';
export * as shapes from './batch/shape.ts';
export { answerExpressions, answerSizes } from './batch/text-lines.ts';
export {
  noSettings,
  type Configuration,
  type RepositorySettings,
  type TrustLevel,
} from './configuration.ts';
export {
  copiesLacking,
  type CopiesLacking,
  type CopiesNeeded,
  type CopyLookups,
  type CopyStanding,
} from './drop-copies.ts';
export {
  explain,
  type Explained,
  type ExplainedQuestion,
  type ExplainedRun,
  type ExplainedTerm,
  type Explanation,
} from './explain.ts';
export { type Balance, type FullMember } from './explain-balance.ts';
export { type WholePick } from './balanced-pick.ts';
export { type Facts } from './explain-facts.ts';
export { formatAsGitAnnex } from './explain-git-annex.ts';
export { explanationJson, formatExplanation } from './explain-text.ts';
export { fanout, type Fanout, type FanoutOptions, type UsableNode } from './fanout.ts';
export { findingCodes, type Finding, type FindingCode } from './lint-codes.ts';
export { lintConfiguration, type LintPlace, type PlacedFinding } from './lint-configuration.ts';
export { formatFinding } from './lint-text.ts';
export { lintExpression } from './lint.ts';
export {
  mayDrop,
  type CopyProofs,
  type DropRefusal,
  type MayDropOptions,
  type DropPermission,
} from './may-drop.ts';
export { needsOf } from './needs.ts';
export { plain, shown } from './plain.ts';
export { refusedIn, RefusedExpressionError } from './refused.ts';
export { keyHash, pick, picks, type KeyHash, type PickFrom, type Picks } from './pick.ts';
export { standardGroups } from './standard-groups.ts';
export { required, wanted, wouldRequireIfAbsent, wouldWantIfAbsent } from './wanted.ts';
export type { Item, World } from './world.ts';
