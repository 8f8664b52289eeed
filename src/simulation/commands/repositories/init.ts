import { name } from '../../language/fields.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';
import { repositoryUuid } from '../../random/identities.ts';
import type { CommandRow } from '../row.ts';
import { takenName } from './taken-name.ts';

/** What the words of `init` say. */
export interface Init {
  readonly name: string;
}

/** `init NAME`: a repository, which is empty and knows nothing. */
export const init: CommandRow<Init> = {
  changes: 'repositories',
  fields: { name: name('NAME') },
  does: ({ name }, state) => begin(name, false, state),
};

/** Begins a repository, or a special remote, whose UUID follows from its name and the seed. */
export function begin(name: string, isSpecialRemote: boolean, state: SimulationState): Performed {
  const { network, views, randomness } = state;
  const taken = takenName(name, network);
  if (taken !== undefined) return troubled(taken);
  const uuid = repositoryUuid(name, randomness.mark());
  randomness.skipBlob();
  views.add();
  network.add(name, uuid, { isSpecialRemote });
  return done;
}
