/** Commands that were read, by the table of all that there are. */
import type { CommandRow } from './row.ts';
import * as rows from './table.ts';

/** The name of a command. */
export type CommandName = keyof typeof rows;

/** What each command is made of, by its name. */
type Parts = {
  readonly [Name in CommandName]: (typeof rows)[Name] extends CommandRow<infer Values>
    ? Values
    : never;
};

/** A command with one of these names. */
export type CommandOf<Name extends CommandName> = {
  readonly [Each in Name]: { readonly kind: Each } & Parts[Each];
}[Name];

/** A line that does nothing, and that the log has as it stands. */
export type Remark =
  | { readonly kind: 'blank' }
  | { readonly kind: 'comment'; readonly text: string };

/** A command of the simulation language, its words read. */
export type Command = Remark | CommandOf<CommandName>;

/** A command and where it stands. */
export interface Line {
  readonly command: Command;
  /** From 1. */
  readonly line: number;
  /** The line as it was written. */
  readonly text: string;
}

/** The row of each command: a copy, as rows of a module are slow to find by a name. */
export const table: { readonly [Name in CommandName]: CommandRow<Parts[Name]> } = { ...rows };

/** Whether a word is the name of a command. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(table, word);
}

/** The names of all commands, those that git-annex's simulator lacks last, and each kind in order. */
export function commandNames(): readonly CommandName[] {
  const names = Object.keys(table).filter(isCommandName).sort();
  const isOwn = (name: CommandName): boolean => table[name].isOwn === true;
  return [...names.filter((name) => !isOwn(name)), ...names.filter(isOwn)];
}

/** Whether a line does nothing. */
export function isRemark(command: Command): command is Remark {
  return command.kind === 'comment' || command.kind === 'blank';
}
