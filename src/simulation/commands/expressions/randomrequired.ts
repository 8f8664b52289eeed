import { name, words } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { setRandomFor, type SetRandomExpression } from './set-expression.ts';

/** `randomrequired REPO TERM...`: as `required`, with an expression that chance makes of these terms. */
export const randomrequired: Row<SetRandomExpression> = {
  fields: { target: name('REPO'), terms: words('TERM...', 1) },
  does: (command, state) => setRandomFor('required', command, state),
};
