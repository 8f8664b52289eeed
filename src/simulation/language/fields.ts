/** What commands are made of: fields, each of one word or of all that are left. */
import type { Dialect } from '../../expression/index.ts';
import { printDuration, readDuration } from './duration.ts';
import { aSize, misread, type Misread } from './misread.ts';
import { printSize } from './print-size.ts';
import { readNumber, readSizeWord } from './values.ts';
import { textsFrom, type CommandWord } from './words.ts';

/** A field of one word. */
export interface WordField<Value> {
  readonly kind: 'word';
  /** How it stands in the usage of the command; empty where it is not told of. */
  readonly usage: string;
  /** What the field is where the word is left out. Without this it is required. */
  readonly missing?: { readonly value: Value };
  /** Whether a word may stand for it at all. Default: any may. */
  isItsOwn?(word: CommandWord): boolean;
  /**
   * What the word stands for; asked once all fields have their words, as git-annex does.
   * @param dialect the git-annex whose way of reading sizes is taken.
   */
  read(word: CommandWord, dialect: Dialect): Value | Misread;
  /** The word of a value, as the log has it. */
  print(value: Value): string;
}

/** A field of all words that are left. */
export interface WordsField<Value> {
  readonly kind: 'words';
  /** How it stands in the usage of the command. */
  readonly usage: string;
  readonly countMin: 0 | 1;
  /**
   * What the words stand for.
   * @param from the first of them, from which the others follow.
   * @param name the name of the command, its first word.
   */
  readAll(from: CommandWord | undefined, name: CommandWord): Value | Misread;
  /** Set where the words are one text, of which it does not matter how its blanks are. */
  readonly isText?: true;
  /** The words of a value, as the log has them. */
  printAll(value: Value): readonly string[];
}

/** One field of a command: what its words stand for, and how they are written. */
export type Field<Value> = WordField<Value> | WordsField<Value>;

/** A name, which may be any word at all, an arrow too: what it names is looked for when the command is run. */
export function name(usage: string): WordField<string> {
  return { kind: 'word', usage, read: ({ text }) => text, print: (text) => text };
}

/** The name of a repository. */
export const repository: WordField<string> = name('REPO');

/** The name of a file. */
export const file: WordField<string> = name('FILE');

/**
 * A whole number of 64 bits, signed.
 * @param what it is, as git-annex calls it in its message.
 */
export function number(what: string): WordField<bigint> {
  return {
    kind: 'word',
    usage: 'N',
    read: (word) => readNumber(word.text) ?? misread(word, what, 'a whole number'),
    print: String,
  };
}

/**
 * A size in bytes, not below zero.
 * @param what it is, as git-annex calls it in its message.
 */
export function size(usage: string, what: string): WordField<bigint> {
  return {
    kind: 'word',
    usage,
    read: (word, dialect) => readSizeWord(word.text, dialect) ?? misread(word, what, aSize),
    print: printSize,
  };
}

const aDuration = 'a duration such as 1h30m, 20ms or 2y, of 1000y at most';

/** A duration in milliseconds, which may be none. */
export function duration(usage: string, what = 'duration'): WordField<number> {
  return {
    kind: 'word',
    usage,
    read: (word) => readDuration(word.text) ?? misread(word, what, aDuration),
    print: printDuration,
  };
}

/** A duration in milliseconds, above 0. */
export function positiveDuration(usage: string): WordField<number> {
  return {
    kind: 'word',
    usage,
    read(word) {
      const ms = readDuration(word.text) ?? 0;
      return ms > 0 ? ms : misread(word, 'duration', `${aDuration}, and above 0`);
    },
    print: printDuration,
  };
}

/** All words that are left, each by itself. */
export function wordsField(usage: string, countMin: 0 | 1): WordsField<readonly string[]> {
  return { kind: 'words', usage, countMin, readAll: textsFrom, printAll: (texts) => texts };
}

/** All words that are left as one text, with a blank between each two. */
export function textField(usage: string, countMin: 0 | 1): WordsField<string> {
  return {
    kind: 'words',
    usage,
    countMin,
    isText: true,
    readAll: (from) => textsFrom(from).join(' '),
    printAll: (whole) => [whole],
  };
}
