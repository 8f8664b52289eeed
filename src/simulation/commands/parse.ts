/** From the text of a simulation to its commands, or to what is wrong with the first bad line. */
import { dialectDefault, type Dialect } from '../../expression/index.ts';
import { readForm, unparsed } from '../language/form.ts';
import { Misread } from '../language/misread.ts';
import type { SimulationProblem } from '../language/problem.ts';
import { quotedText, splitLine, wordAt, wordsOf, type CommandWord } from '../language/words.ts';
import {
  commandNames,
  isCommandName,
  table,
  type Command,
  type CommandName,
  type CommandOf,
  type Line,
} from './command.ts';

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
    if (command instanceof Misread) {
      return { kind: 'problem', problem: placed(command, line, own) };
    }
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
  if (!(command instanceof Misread)) return { kind: 'command', command };
  return { kind: 'problem', problem: placed(command, 0, words.join(' ')) };
}

function placed({ word, trouble }: Misread, line: number, text: string): SimulationProblem {
  const column = Array.from(text.slice(0, word.pos.index)).length + 1;
  return { ...trouble, line, column };
}

function readLine(text: string, dialect: Dialect, language: SimulationLanguage): Command | Misread {
  if (text.startsWith('#') || text.startsWith('--')) return { kind: 'comment', text };
  const first = splitLine(text);
  return first === undefined ? { kind: 'blank' } : readCommand(first, dialect, language);
}

function readCommand(
  first: CommandWord | undefined,
  dialect: Dialect,
  language: SimulationLanguage,
): Command | Misread {
  const name = first?.text ?? '';
  if (first === undefined || !isCommandName(name) || !isSpoken(name, language)) {
    return noCommand(first, language);
  }
  return readRow(name, first, dialect);
}

function readRow<Name extends CommandName>(
  name: Name,
  first: CommandWord,
  dialect: Dialect,
): CommandOf<Name> | Misread {
  const values = readForm(table[name], first, dialect);
  return values instanceof Misread ? values : { kind: name, ...values };
}

function isSpoken(name: CommandName, language: SimulationLanguage): boolean {
  return language === 'ballast' || table[name].isOwn !== true;
}

function noCommand(first: CommandWord | undefined, language: SimulationLanguage): Misread {
  return new Misread(first ?? wordAt('', 0, undefined), {
    code: 'BS101',
    message: `no command is called ${quotedText(first?.text ?? '')}`,
    expected: commandNames()
      .filter((name) => isSpoken(name, language))
      .join(', '),
    gitAnnexError: unparsed(first),
  });
}
