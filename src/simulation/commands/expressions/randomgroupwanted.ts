import { name, wordsField } from '../../language/fields.ts';
import { randomExpression } from '../../random/random-expression.ts';
import type { CommandRow } from '../row.ts';
import { setForGroup, type SetRandomExpression } from './set-expression.ts';

/** `randomgroupwanted GROUP TERM...`: as `groupwanted`, with an expression that chance makes of these terms. */
export const randomgroupwanted: CommandRow<SetRandomExpression> = {
  fields: { target: name('GROUP'), terms: wordsField('TERM...', 1) },
  does: ({ target, terms }, state) =>
    setForGroup({ target, expression: randomExpression(terms, state.randomness) }, state),
};
