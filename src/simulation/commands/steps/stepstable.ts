import { number } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { runSteps, type StepCount } from './run-steps.ts';

/** `stepstable N`: as `step`, and fails when there is more to do then. */
export const stepstable: CommandRow<StepCount> = {
  fields: { count: number('step value') },
  does: (command, state) => runSteps(command, true, state),
};
