import { links, type Link } from '../../language/connections.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import { endsOf, knownEnd } from './ends.ts';

/** What the words of `connect` say. */
export interface Connect {
  readonly links: readonly Link[];
}

/** `connect A -> B <-> C`: who gets whom as a remote (spec/sim.md section 4.4). */
export const connect: CommandRow<Connect> = {
  fields: { links },
  does({ links }, { network, oddities }) {
    for (const { repository, remote } of endsOf(links, oddities)) {
      const end = knownEnd(repository, remote, network);
      if (end.kind === 'trouble') return troubled(end.trouble);
      network.addRemote(end.repository, remote);
    }
    return done;
  },
};
