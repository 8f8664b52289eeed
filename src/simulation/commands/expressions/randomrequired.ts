import { name, wordsField } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { setRandomFor, type SetRandomExpression } from './set-expression.ts';

/** `randomrequired REPO TERM...`: as `required`, with an expression that chance makes of these terms. */
export const randomrequired: CommandRow<SetRandomExpression> = {
  fields: { target: name('REPO'), terms: wordsField('TERM...', 1) },
  does: (command, state) => setRandomFor('required', command, state),
};
