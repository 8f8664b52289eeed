/** What `import { ... } from "ballast"` gives: the pure rooms, which run in a browser too. */
export * from './expression/index.ts';
export * from './key/index.ts';
export * from './placement/index.ts';
export * from './protocol/index.ts';
export * from './simulation/index.ts';
export * from './stream/index.ts';
export * from './units/index.ts';
