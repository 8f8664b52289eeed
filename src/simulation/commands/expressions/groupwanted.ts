import { name, textField } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { setForGroup, type SetExpression } from './set-expression.ts';

/** `groupwanted GROUP EXPRESSION`: what `groupwanted` means for the repositories of a group. */
export const groupwanted: CommandRow<SetExpression> = {
  fields: { target: name('GROUP'), expression: textField('EXPRESSION', 0) },
  does: setForGroup,
};
