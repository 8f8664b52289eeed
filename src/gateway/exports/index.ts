/** Trees that are exported to special remotes: what is where, and who brings it there. */
export { ExportedTrees } from './exported-trees.ts';
export { Exports } from './exports.ts';
