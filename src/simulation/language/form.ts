/** How a command is written: its fields, from which reading, writing and usage follow. */
import type { Dialect } from '../../expression/index.ts';
import type { Field } from './fields.ts';
import { Misread } from './misread.ts';
import type { SimulationTrouble } from './problem.ts';
import { quotedText, textsFrom, wordAt, type CommandWord } from './words.ts';

/** A field for each value, in the order of their words. */
export type Fields<Values> = { readonly [Name in keyof Values]: Field<Values[Name]> };

/** How a command is written. */
export interface CommandForm<Values extends object> {
  readonly fields: Fields<Values>;
  /**
   * What is wrong with values that are right each by itself; nothing when left out.
   * @param wordOf gives the first word of a field.
   */
  check?(values: Values, wordOf: (name: keyof Values) => CommandWord): Misread | undefined;
}

/**
 * The values of a command's line: "what a word must be is asked once all words are in their places"
 * (spec/sim.md section 4.2).
 * @param name the first word of the line, from which the others follow.
 */
export function readForm<Values extends object>(
  form: CommandForm<Values>,
  name: CommandWord,
  dialect: Dialect,
): Values | Misread {
  const draft: Partial<Values> = {};
  const words = place(form, name, draft);
  if (words instanceof Misread) return words;
  for (const each in form.fields) {
    const field = form.fields[each];
    const word = words[each];
    const isMissing = word === undefined && each in draft;
    if (isMissing) continue;
    const value =
      field.kind === 'words' ? field.readAll(word, name) : field.read(word ?? name, dialect);
    if (value instanceof Misread) return value;
    draft[each] = value;
  }
  if (!isWhole(draft, form)) throw new RangeError('a field is missing');
  return form.check?.(draft, (field) => words[field] ?? name) ?? draft;
}

/** The first word of each field by its name. */
type Placed<Values> = { [Name in keyof Values]?: CommandWord | undefined };

/** Gives each field its words; what is left out goes into the draft at once. */
function place<Values extends object>(
  form: CommandForm<Values>,
  name: CommandWord,
  draft: Partial<Values>,
): Placed<Values> | Misread {
  const words: Placed<Values> = {};
  let { next } = name;
  for (const each in form.fields) {
    const field = form.fields[each];
    if (field.kind === 'words') {
      if (next === undefined && field.countMin > 0) return lacking(name, usageOf(form));
      words[each] = next;
      next = undefined;
    } else if (next !== undefined && field.isItsOwn?.(next) !== false) {
      words[each] = next;
      ({ next } = next);
    } else if (field.missing === undefined) return lacking(name, usageOf(form));
    else draft[each] = field.missing.value;
  }
  return next === undefined ? words : tooMuch(name, next, usageOf(form));
}

function isWhole<Values extends object>(
  draft: Partial<Values>,
  { fields }: CommandForm<Values>,
): draft is Values {
  for (const field in fields) if (!(field in draft)) return false;
  return true;
}

/** How the blanks of a text are written: as they were given, or as the log is read, each single. */
export type Blanks = 'asGiven' | 'single';

/** The words of a command's line, as the log has them: the inverse of {@link readForm}. */
export function wordsOfForm<Values extends object>(
  name: string,
  { fields }: CommandForm<Values>,
  { values, blanks }: { readonly values: Values; readonly blanks: Blanks },
): readonly string[] {
  const words = [name];
  for (const each in fields) {
    const field = fields[each];
    if (field.kind === 'word') words.push(field.print(values[each]));
    else if (blanks === 'single' && field.isText === true) {
      words.push(field.printAll(values[each]).join(' ').trim().replaceAll(/\s+/g, ' '));
    } else for (const word of field.printAll(values[each])) words.push(word);
  }
  return words;
}

/** How the words after the command's name are told of: `REPO SIZE`. */
function usageOf<Values extends object>({ fields }: CommandForm<Values>): string {
  const usages: string[] = [];
  for (const field in fields) if (fields[field].usage !== '') usages.push(fields[field].usage);
  return usages.join(' ');
}

function lacking(name: CommandWord, usage: string): Misread {
  let last = name;
  let count = 0;
  for (; last.next !== undefined; count += 1) last = last.next;
  const end = last.pos.index + last.text.length;
  return new Misread(wordAt('', end, undefined), {
    code: 'BS102',
    message: `the command ends before ${usage.split(' ')[count] ?? usage}`,
    expected: `${name.text} ${usage}`,
    gitAnnexError: unparsed(name),
  });
}

function tooMuch(name: CommandWord, extra: CommandWord, usage: string): Misread {
  return new Misread(extra, {
    code: 'BS103',
    message: `${quotedText(extra.text)} is one word too many`,
    expected: `${name.text} ${usage}`,
    gitAnnexError: unparsed(name),
  });
}

/** What git-annex says of words that are no command, or of a part of them (spec/sim.md section 4.3). */
export function unparsed(from: CommandWord | undefined): SimulationTrouble['gitAnnexError'] {
  return `Unable to parse sim command: "${textsFrom(from).join(' ')}"`;
}
