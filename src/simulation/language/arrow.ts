import type { CommandWord } from './words.ts';

/** Who gets whom as a remote: `a -> b` gives a the remote b, `<-` gives b the remote a, `<->` both. */
export type Arrow = '->' | '<-' | '<->';

/** The arrow that a word is which the grammar took for one. */
export function arrowOf({ text }: CommandWord): Arrow {
  return text === '->' || text === '<-' ? text : '<->';
}
