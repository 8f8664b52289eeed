import { number } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { runSteps, stepsDone, type StepCount } from './run-steps.ts';

/** `step N`: so many transfers or drops, or fewer where nothing is left to do. */
export const step: CommandRow<StepCount> = {
  isLong: true,
  settlesIn: 'steps',
  fields: { count: number('step value') },
  cutShort: stepsDone,
  does: (command, state) => runSteps(command, false, state),
};
