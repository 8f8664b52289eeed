import { number } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { runSteps, type StepCount } from './run-steps.ts';

/** `step N`: so many transfers or drops, or fewer where nothing is left to do. */
export const step: Row<StepCount> = {
  fields: { count: number('step value') },
  does: (command, state) => runSteps(command, false, state),
};
