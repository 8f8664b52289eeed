import { notNode, unknownRepository } from '../../acts/troubles.ts';
import { name, repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `via` say. */
export interface Via {
  readonly node: string;
  readonly repository: string;
}

/** `via NODE REPO`: what goes to a cluster node goes through a repository, its gateway, which learns of it. */
export const via: CommandRow<Via> = {
  isOwn: true,
  fields: { node: name('NODE'), repository },
  does({ node, repository: name }, { network }) {
    if (!network.nodes.has(node)) return troubled(notNode(node));
    const gateway = network.find(name);
    if (gateway === undefined) return troubled(unknownRepository(name, network));
    network.setGateway(node, gateway);
    return done;
  },
};
