import { unknownRepository } from '../../acts/troubles.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';
import type { RepositoryChange } from '../../world/repositories.ts';

/** Changes settings of a repository, which must be known. */
export function configure(
  name: string,
  { network }: SimulationState,
  change: RepositoryChange,
): Performed {
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  network.configure(repository, change);
  return done;
}
