import { name, words } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { setRandomFor, type SetRandomExpression } from './set-expression.ts';

/** `randomwanted REPO TERM...`: as `wanted`, with an expression that chance makes of these terms. */
export const randomwanted: Row<SetRandomExpression> = {
  fields: { target: name('REPO'), terms: words('TERM...', 1) },
  does: (command, state) => setRandomFor('wanted', command, state),
};
