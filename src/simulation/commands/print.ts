/** Commands as the log has them (spec/sim.md section 4.5). */
import { wordsOfForm, type Blanks } from '../language/form.ts';
import { isRemark, table, type Command, type CommandName, type CommandOf } from './command.ts';

/** The line of a command; sizes and numbers in the one form that the log has. */
export function printCommand(command: Command): string {
  return lineOf(loggedCommand(command));
}

/** The line of a command with the blanks of an expression, and of other texts, as they are when it is read again. */
export function printCommandAsRead(command: Command): string {
  return lineOf(loggedCommand(command, 'single'));
}

function lineOf(logged: string | readonly string[]): string {
  return typeof logged === 'string' ? logged : logged.join(' ');
}

/** What a log keeps of a command: the line of one that does nothing, the words of any other. */
export function loggedCommand(
  command: Command,
  blanks: Blanks = 'asGiven',
): string | readonly string[] {
  if (!isRemark(command)) return wordsOfCommand(command, blanks);
  return command.kind === 'comment' ? command.text : '';
}

/** The words of a command's line; those of an expression are one. */
export function wordsOfCommand<Name extends CommandName>(
  command: CommandOf<Name>,
  blanks: Blanks = 'asGiven',
): readonly string[] {
  return wordsOfForm(command.kind, table[command.kind], { values: command, blanks });
}
