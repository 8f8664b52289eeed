/** `connect` and `disconnect` (spec/sim.md section 4.4). */
import type { Link } from '../language/command.ts';
import type { Oddities } from '../oddities.ts';
import type { Network } from '../world/network.ts';
import { specialRemoteConnects, unknownRepository, type Trouble } from '../acts/troubles.ts';

/** A repository that gets a remote, or loses it. */
interface End {
  readonly repository: string;
  readonly remote: string;
}

export function connect(
  links: readonly Link[],
  network: Network,
  oddities: Oddities,
): Trouble | undefined {
  for (const { repository, remote } of endsOf(links, oddities)) {
    const found = connectable(repository, remote, network);
    if (typeof found !== 'number') return found;
    network.addRemote(found, remote);
  }
  return undefined;
}

export function disconnect(
  links: readonly Link[],
  network: Network,
  oddities: Oddities,
): Trouble | undefined {
  const ends = endsOf(links, oddities);
  for (const [index, { repository, remote }] of ends.entries()) {
    const found = connectable(repository, remote, network);
    if (typeof found !== 'number') return found;
    const isForgotten = oddities.disconnect && index === ends.length - 1;
    if (!isForgotten) network.removeRemote(found, remote);
  }
  return undefined;
}

/** From left to right: with the oddity only the last `<->` of a chain is mutual. */
function endsOf(links: readonly Link[], { chain }: Oddities): readonly End[] {
  return links.flatMap(({ left, arrow, right }, index) => {
    const there = { repository: left, remote: right };
    const back = { repository: right, remote: left };
    if (arrow === '->') return [there];
    if (arrow === '<-') return [back];
    return chain && index < links.length - 1 ? [there] : [there, back];
  });
}

/** "Only the side that gets the remote must be known, and it must not be a special remote." */
function connectable(name: string, remote: string, network: Network): number | Trouble {
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  const { isSpecialRemote } = network.repository(repository);
  return isSpecialRemote ? specialRemoteConnects(name, remote) : repository;
}
