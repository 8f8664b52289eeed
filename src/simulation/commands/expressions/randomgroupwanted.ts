import { name, words } from '../../language/fields.ts';
import { randomExpression } from '../../random/random-expression.ts';
import type { Row } from '../row.ts';
import { setForGroup, type SetRandomExpression } from './set-expression.ts';

/** `randomgroupwanted GROUP TERM...`: as `groupwanted`, with an expression that chance makes of these terms. */
export const randomgroupwanted: Row<SetRandomExpression> = {
  fields: { target: name('GROUP'), terms: words('TERM...', 1) },
  does: ({ target, terms }, state) =>
    setForGroup({ target, expression: randomExpression(terms, state.randomness) }, state),
};
