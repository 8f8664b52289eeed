import { links } from '../../language/connections.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import type { Connect } from './connect.ts';
import { endsOf, knownEnd } from './ends.ts';

/** `disconnect A -> B <-> C`: who loses whom as a remote (spec/sim.md section 4.4). */
export const disconnect: CommandRow<Connect> = {
  fields: { links },
  does({ links }, { network, oddities }) {
    const ends = endsOf(links, oddities);
    for (const [index, { repository, remote }] of ends.entries()) {
      const end = knownEnd(repository, remote, network);
      if (end.kind === 'trouble') return troubled(end.trouble);
      const isForgotten = oddities.disconnect && index === ends.length - 1;
      if (!isForgotten) network.removeRemote(end.repository, remote);
    }
    return done;
  },
};
