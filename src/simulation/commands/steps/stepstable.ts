import { number } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { runSteps, stepsDone, type StepCount } from './run-steps.ts';

/** `stepstable N`: as `step`, and fails when there is more to do then. */
export const stepstable: CommandRow<StepCount> = {
  isLong: true,
  settlesIn: 'steps',
  fields: { count: number('step value') },
  cutShort: stepsDone,
  does: (command, state) => runSteps(command, true, state),
};
