/** `stepstable N`: as `step`, and fails when there is more to do then. */
import { number } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { runSteps, type StepCount } from './run-steps.ts';

export const stepstable: Row<StepCount> = {
  fields: { count: number('step value') },
  does: (command, state) => runSteps(command, true, state),
};
