/** Real annexes, read: configuration, contents, files, and the facts that questions about them need. */
export { OpenAnnex } from './annex.ts';
export { allItems, indexedItems, itemsNamed } from './items.ts';
export { readEquivalents, readKeyFacts } from './key-facts.ts';
export { repositoryNamed } from './named.ts';
export { knownSizeBytes, readLocations, readProxies, readRemoteLines } from './branch-facts.ts';
export { edited } from './plan/edited.ts';
export { costOf, costsOfRemotes } from './node-costs.ts';
export {
  planAnnex,
  wantsInAnnex,
  type ContentPlan,
  type PlanOptions,
} from './plan/plan-annex.ts';
export { PlannedContents, type PlannedContent } from './plan/planned-contents.ts';
export { readRealAnnex } from './real-annex.ts';
export { isSpecialRemote } from './special-remotes.ts';
export { AnnexWorlds } from './worlds.ts';
