/**
 * What commands are written with: words in their places, and what each must stand for. What a word must be
 * is asked once all words are in their places, as git-annex does (spec/sim.md section 4.2).
 */
import { alt_sc, apply, seq, tok, type Parser } from 'typescript-parsec';
import type { Dialect } from '../../expression/index.ts';
import type { Command } from './command.ts';
import type { SimulationTrouble } from './problem.ts';
import { readNumber } from './values.ts';
import { quoted, textsFrom, type Word, type WordKind } from './words.ts';

/** A word that is not what it must be. */
export interface Misread extends SimulationTrouble {
  readonly kind: 'misread';
  readonly word: Word;
}

/** A command once the dialect is known, in which sizes are read. */
export type Reading = (dialect: Dialect) => Command | Misread;

/** One command: how it is written, and its grammar. */
export interface CommandGrammar {
  /** The words after the name of the command. */
  readonly usage: string;
  readonly grammar: Parser<WordKind, Reading>;
}

/** Any word at all, an arrow too: names are not checked. */
export const word: Parser<WordKind, Word> = alt_sc(tok<WordKind>('word'), tok<WordKind>('arrow'));

/** All words that are left. */
export const rest: Parser<WordKind, readonly string[]> = {
  parse: (token) => ({
    successful: true,
    candidates: [{ firstToken: token, nextToken: undefined, result: textsFrom(token) }],
    error: undefined,
  }),
};

/** All words that are left, and there is one at least. */
export const restOfOne: Parser<WordKind, readonly string[]> = apply(
  seq(word, rest),
  ([{ text }, texts]) => [text, ...texts],
);

/** Words with a blank between them. */
export const spaced = (texts: readonly string[]): string => texts.join(' ');

export const aSize: string = 'a size such as 10GB';
export const aNumber: string = 'a whole number';

export function row<T>(
  usage: string,
  words: Parser<WordKind, T>,
  read: (words: T, dialect: Dialect) => Command | Misread,
): CommandGrammar {
  return {
    usage,
    grammar: apply(
      words,
      (found): Reading =>
        (dialect) =>
          read(found, dialect),
    ),
  };
}

export function one(usage: string, read: (text: string) => Command): CommandGrammar {
  return row(usage, word, ({ text }) => read(text));
}

export function two(
  usage: string,
  read: (texts: readonly [string, string]) => Command,
): CommandGrammar {
  return row(usage, seq(word, word), ([first, second]) => read([first.text, second.text]));
}

export function numbered(what: string, read: (number: bigint) => Command): CommandGrammar {
  return row('N', word, (value) => {
    const number = readNumber(value.text);
    return number === undefined ? misread(value, what, aNumber) : read(number);
  });
}

export function misread(word: Word, what: string, expected: string): Misread {
  return {
    kind: 'misread',
    word,
    code: 'BS104',
    message: `${quoted(word.text)} is no ${what}`,
    expected,
    gitAnnexError: `Unable to parse ${what} "${word.text}"`,
  };
}

export function beyond(word: Word, expected: string): Misread {
  const message = `${quoted(word.text)} is beyond the limit`;
  return { ...misread(word, 'number', expected), code: 'BS106', message };
}
