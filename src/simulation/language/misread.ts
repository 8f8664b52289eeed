import type { SimulationTrouble } from './problem.ts';
import { quotedText, type CommandWord } from './words.ts';

/** A word of a line that is not what it must be, and what is wrong with it. */
export class Misread {
  readonly word: CommandWord;
  readonly trouble: SimulationTrouble;

  constructor(word: CommandWord, trouble: SimulationTrouble) {
    this.word = word;
    this.trouble = trouble;
  }
}

/** What must stand where a size is read, for people. */
export const aSize: string = 'a size such as 10GB';

/**
 * A word that does not stand for what it must.
 * @param what it must stand for, as git-annex calls it in its message.
 * @param other what of the trouble is told otherwise.
 */
export function misread(
  word: CommandWord,
  what: string,
  expected: string,
  other: Partial<SimulationTrouble> = {},
): Misread {
  return new Misread(word, {
    code: 'BS104',
    message: `${quotedText(word.text)} is no ${what}`,
    expected,
    gitAnnexError: `Unable to parse ${what} "${word.text}"`,
    ...other,
  });
}

/** A number that git-annex would take, and that no simulation can do anything with. */
export function beyond(word: CommandWord, expected: string): Misread {
  const message = `${quotedText(word.text)} is beyond the limit`;
  return misread(word, 'number', expected, { code: 'BS106', message });
}
