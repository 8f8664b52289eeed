import { unknownRepository } from '../../acts/troubles.ts';
import { name, repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import { takenName } from './taken-name.ts';

/** What the words of `clusternode` say. */
export interface ClusterNode {
  readonly name: string;
  readonly repository: string;
}

/** `clusternode NAME REPO`: "NAME is another name for REPO" (spec/sim.md section 4.2). */
export const clusternode: CommandRow<ClusterNode> = {
  changes: 'repositories',
  fields: { name: name('NAME'), repository },
  does({ name, repository: of }, { network }) {
    const repository = network.find(of);
    if (repository === undefined) return troubled(unknownRepository(of, network));
    const taken = takenName(name, network);
    if (taken !== undefined) return troubled(taken);
    network.setNode(name, repository);
    return done;
  },
};
