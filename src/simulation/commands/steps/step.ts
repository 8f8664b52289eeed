import { number } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { runSteps, type StepCount } from './run-steps.ts';

/** `step N`: so many transfers or drops, or fewer where nothing is left to do. */
export const step: CommandRow<StepCount> = {
  fields: { count: number('step value') },
  does: (command, state) => runSteps(command, false, state),
};
