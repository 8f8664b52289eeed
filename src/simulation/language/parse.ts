/** From the text of a simulation to its commands, or to what is wrong with the first bad line. */
import { dialectDefault, type Dialect } from '../../expression/index.ts';
import { isWhiteSpace } from '../../units/index.ts';
import { readActions } from './actions.ts';
import type { Command, Line } from './command.ts';
import { readLinks } from './connections.ts';
import type { CommandGrammar, Misread } from './forms.ts';
import { commandGrammars } from './grammar.ts';
import { ownCommandGrammars } from './own/own-grammar.ts';
import type { SimulationProblem } from './problem.ts';
import { quoted, splitLine, textsFrom, wordAt, wordsOf, type Word } from './words.ts';

/** A simulation read whole, or its first problem. */
export type ParsedSimulation =
  | { readonly kind: 'simulation'; readonly lines: readonly Line[] }
  | { readonly kind: 'problem'; readonly problem: SimulationProblem };

/** A command read, or its problem. */
export type ParsedCommand =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'problem'; readonly problem: SimulationProblem };

/** Which commands there are: those of git-annex's simulator, or with them those of our own. */
export type SimulationLanguage = 'git-annex' | 'ballast';

/**
 * Reads a simulation. "The whole file is parsed before anything runs", so one bad line is the problem of
 * all; it is told with its line and column, and with the text that git-annex has for it.
 * @param dialect the git-annex whose way of reading sizes is taken; the newest when left out.
 * Cost: linear; a million lines take some seconds.
 */
export function parseSimulation(
  text: string,
  dialect: Dialect = dialectDefault,
  language: SimulationLanguage = 'ballast',
): ParsedSimulation {
  const lines: Line[] = [];
  for (let start = 0, line = 1; start < text.length; line += 1) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const own = text.slice(start, end);
    const command = readLine(own, dialect, language);
    if (command.kind === 'misread') return { kind: 'problem', problem: placed(command, line, own) };
    lines.push({ command, line, text: own });
    start = end + 1;
  }
  return { kind: 'simulation', lines };
}

/** Reads the words of one command, as they stand on a command line; comments are none. */
export function parseCommand(
  words: readonly string[],
  dialect: Dialect = dialectDefault,
  language: SimulationLanguage = 'ballast',
): ParsedCommand {
  const command = readCommand(wordsOf(words), dialect, language);
  if (command.kind !== 'misread') return { kind: 'command', command };
  return { kind: 'problem', problem: placed(command, 0, words.join(' ')) };
}

function placed(misread: Misread, line: number, text: string): SimulationProblem {
  const { code, message, expected, gitAnnexError, word } = misread;
  const column = Array.from(text.slice(0, word.pos.index)).length + 1;
  return { code, message, expected, gitAnnexError, line, column };
}

function readLine(text: string, dialect: Dialect, language: SimulationLanguage): Command | Misread {
  if (text.startsWith('#') || text.startsWith('--')) return { kind: 'comment', text };
  const first = splitLine(text);
  return first === undefined ? { kind: 'blank' } : readCommand(first, dialect, language);
}

function readCommand(
  first: Word | undefined,
  dialect: Dialect,
  language: SimulationLanguage,
): Command | Misread {
  if (first === undefined) return noCommand(first, language);
  switch (first.text) {
    case 'connect':
    case 'disconnect': {
      const links = readLinks(first.next);
      return 'kind' in links ? links : { kind: first.text, links };
    }
    case 'action': {
      const actions = readActions(first);
      return 'kind' in actions ? actions : { kind: 'action', actions };
    }
    default: {
      const own = language === 'ballast' ? ownCommandGrammars.get(first.text) : undefined;
      const grammar = commandGrammars.get(first.text) ?? own;
      if (grammar === undefined) return noCommand(first, language);
      return readByGrammar(first, grammar, dialect);
    }
  }
}

function readByGrammar(
  first: Word,
  { grammar, usage }: CommandGrammar,
  dialect: Dialect,
): Command | Misread {
  const output = grammar.parse(first.next);
  if (!output.successful) return lacking(first, usage);
  const [found] = output.candidates;
  if (found === undefined) return lacking(first, usage);
  if (found.nextToken !== undefined) return tooMuch(first, found.nextToken, usage);
  return found.result(dialect);
}

function noCommand(first: Word | undefined, language: SimulationLanguage): Misread {
  const own = language === 'ballast' ? ownCommandGrammars.keys() : [];
  return {
    ...unparsed(first, first ?? wordAt('', 0, undefined)),
    code: 'BS101',
    message: `no command is called ${quoted(first?.text ?? '')}`,
    expected: [...commandGrammars.keys(), 'connect', 'disconnect', 'action', ...own].join(', '),
  };
}

function lacking(first: Word, usage: string): Misread {
  let last = first;
  let count = 0;
  for (; last.next !== undefined; count += 1) last = last.next;
  const end = last.pos.index + last.text.length;
  return {
    ...unparsed(first, wordAt('', end, undefined)),
    code: 'BS102',
    message: `the command ends before ${usage.split(' ')[count] ?? usage}`,
    expected: `${first.text} ${usage}`,
  };
}

function tooMuch(first: Word, extra: Word, usage: string): Misread {
  return {
    ...unparsed(first, extra),
    code: 'BS103',
    message: `${quoted(extra.text)} is one word too many`,
    expected: `${first.text} ${usage}`,
  };
}

function unparsed(first: Word | undefined, word: Word) {
  const texts = textsFrom(first);
  const gitAnnexError = `Unable to parse sim command: "${texts.join(' ')}"`;
  return { kind: 'misread', word, gitAnnexError } as const;
}

/** The column of a word in a line, from 1; that of the line's first word when it is not there. */
export function columnOf(text: string, word: string): number {
  let column = 1;
  for (let each = splitLine(text); each !== undefined; each = each.next) {
    if (each.text === word) return Array.from(text.slice(0, each.pos.index)).length + 1;
  }
  while (isWhiteSpace(text.charAt(column - 1))) column += 1;
  return column;
}
