/** The command line: verbs, their options, and what they print. */
export { start } from './start.ts';
