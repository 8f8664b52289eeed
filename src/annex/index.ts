/** Real annexes, read: configuration, contents, files, and the facts that questions about them need. */
export { Annex } from './annex.ts';
export { allItems, itemsNamed } from './items.ts';
export { readEquivalents, readKeyFacts, type KeyFacts } from './key-facts.ts';
export { repositoryNamed, type NamedRepository } from './named.ts';
export { readRealAnnex } from './real-annex.ts';
export { isSpecialRemote } from './special-remotes.ts';
export { indexedFiles, type IndexedFile } from './tree-files.ts';
export { AnnexWorlds } from './worlds.ts';
