/** How uploads find the nodes of a cluster, and what is asked of all of them at once. */
export { askAll } from './ask-all.ts';
export { Placing, UnwantedError, type PlacedCluster } from './placing.ts';
