/** The command line: verbs, their options, and what they print. */
export { main } from './start.ts';
