/** Commands as the log has them (spec/sim.md section 4.5). */
import { wordsOfForm, type Blanks } from '../language/form.ts';
import { isRemark, table, type Command, type CommandName, type CommandOf } from './command.ts';

/**
 * The line of a command; sizes and numbers in the one form that the log has.
 * @param blanks `single`: those of an expression, and of other texts, as they are when the line is read.
 */
export function printCommand(command: Command, blanks: Blanks = 'asGiven'): string {
  const logged = loggedCommand(command, blanks);
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
