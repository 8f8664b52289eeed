import { name, textField } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { setFor, type SetExpression } from './set-expression.ts';

/** `wanted REPO EXPRESSION`: what a repository shall have, as `git annex wanted` says it; none without words. */
export const wanted: CommandRow<SetExpression> = {
  fields: { target: name('REPO'), expression: textField('EXPRESSION', 0) },
  does: (command, state) => setFor('wanted', command, state),
};
