import { name, text } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { setForGroup, type SetExpression } from './set-expression.ts';

/** `groupwanted GROUP EXPRESSION`: what `groupwanted` means for the repositories of a group. */
export const groupwanted: Row<SetExpression> = {
  fields: { target: name('GROUP'), expression: text('EXPRESSION', 0) },
  does: setForGroup,
};
