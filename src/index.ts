/** What `import { ... } from "ballast"` gives: the pure rooms, which run in a browser too. */
export * from './key/index.ts';
export * from './protocol/index.ts';
export * from './stream/index.ts';
export * from './units/index.ts';
