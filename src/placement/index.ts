/**
 * Who wants what: expressions evaluated against a configuration and a view of where contents are,
 * and the nodes of a cluster that an upload goes to. Pure: the same question always gets the same
 * answer.
 */
export { type AnswerLine } from './batch/answer.ts';
export {
  answersJson,
  answersTo,
  answerCases,
  readCase,
  troubleWith,
  worldOf,
} from './batch/case.ts';
export { answerPicks } from './batch/picks.ts';
export {
  readAnnexOrAnnexes,
  readRecordedAnnexes,
  type RecordedAnnex,
} from './batch/recorded-annex.ts';
export { answerExpressions, answerSizes } from './batch/text-lines.ts';
export {
  noSettings,
  type Configuration,
  type RepositorySettings,
  type TrustLevel,
} from './world/configuration.ts';
export {
  copiesLacking,
  type CopyLookups,
} from './evaluate/drop-copies.ts';
export { clusterPresence } from './evaluate/cluster-presence.ts';
export {
  explain,
  type Explained,
  type ExplainedQuestion,
  type ExplainedRun,
  type ExplainedTerm,
  type Explanation,
} from './explain/explain.ts';
export { type Balance, type FullMember } from './family/balance.ts';
export { type Facts } from './family/reason.ts';
export { formatAsGitAnnex } from './explain/explain-git-annex.ts';
export { explanationJson, formatExplanation } from './explain/explain-text.ts';
export { fanout, type Fanout, type FanoutOptions, type UsableNode } from './evaluate/fanout.ts';
export { findingCodes, type Finding, type FindingCode } from './family/finding.ts';
export {
  lintConfiguration,
  type LintPlace,
  type PlacedFinding,
} from './lint/lint-configuration.ts';
export { mendExpression, type Mended } from './lint/mend.ts';
export {
  mendConfiguration,
  type MendedConfiguration,
  type PlacedMend,
} from './lint/mend-configuration.ts';
export { formatFinding } from './lint/lint-text.ts';
export { lintExpression } from './lint/lint.ts';
export {
  mayDrop,
  type CopyProofs,
  type DropRefusal,
  type MayDropOptions,
  type DropPermission,
} from './evaluate/may-drop.ts';
export { needsOf } from './evaluate/needs.ts';
export {
  beginPlacing,
  stepPlacing,
  type PlacementDecision,
  type PlacingAct,
  type PlacingAnswer,
  type PlacingStep,
} from './evaluate/placing-step.ts';
export { refusedIn, RefusedExpressionError } from './world/refused.ts';
export { keyHash, pick, picks } from './world/pick.ts';
export {
  repairRound,
  type KeptCopy,
  type RepairedContent,
  type RepairRound,
  type RepairScope,
} from './repair/round.ts';
export { settle, type RepairMove, type Settled } from './repair/settle.ts';
export { standardGroups } from './world/standard-groups.ts';
export { required, wanted, wouldRequireIfAbsent, wouldWantIfAbsent } from './evaluate/wanted.ts';
export type { Item, World } from './world/world.ts';
