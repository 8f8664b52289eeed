import { name, textField } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { setFor, type SetExpression } from './set-expression.ts';

/** `required REPO EXPRESSION`: what a repository must have, as `git annex required` says it; none without words. */
export const required: CommandRow<SetExpression> = {
  fields: { target: name('REPO'), expression: textField('EXPRESSION', 0) },
  does: (command, state) => setFor('required', command, state),
};
