import { unknownRepository } from '../../acts/troubles.ts';
import { repository } from '../../language/fields.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** A repository, and nothing else. */
export interface Affected {
  readonly repository: string;
}

/** `down REPO`: nobody reaches a repository, and it reaches nobody. */
export const down: CommandRow<Affected> = {
  isOwn: true,
  changes: 'repositories',
  fields: { repository },
  does: (affected, state) => setDown(affected, true, state),
};

/** Has a repository fail, or return. */
export function setDown(
  { repository: name }: Affected,
  isDown: boolean,
  { network }: SimulationState,
): Performed {
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  network.reach.setDown(repository, isDown);
  return done;
}
