/** The ends of connections: repositories that get remotes, or lose them (spec/sim.md section 4.4). */
import { specialRemoteConnects, unknownRepository, type Trouble } from '../../acts/troubles.ts';
import type { Link } from '../../language/connections.ts';
import type { Oddities } from '../../oddities.ts';
import type { Network } from '../../world/network.ts';

/** A repository that gets a remote, or loses it; both by name. */
export interface End {
  readonly repository: string;
  readonly remote: string;
}

/** The ends of a chain, from left to right: with the oddity only its last `<->` is mutual. */
export function endsOf(links: readonly Link[], { chain }: Oddities): readonly End[] {
  return links.flatMap(({ left, arrow, right }, index) => {
    const there = { repository: left, remote: right };
    const back = { repository: right, remote: left };
    if (arrow === '->') return [there];
    if (arrow === '<-') return [back];
    return chain && index < links.length - 1 ? [there] : [there, back];
  });
}

/** The number of a repository that may get remotes, or why it may not. */
type KnownEnd =
  | { readonly kind: 'repository'; readonly repository: number }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** "Only the side that gets the remote must be known, and it must not be a special remote." */
export function knownEnd(name: string, remote: string, network: Network): KnownEnd {
  const repository = network.find(name);
  if (repository === undefined) {
    return { kind: 'trouble', trouble: unknownRepository(name, network) };
  }
  if (network.repository(repository).isSpecialRemote) {
    return { kind: 'trouble', trouble: specialRemoteConnects(name, remote) };
  }
  return { kind: 'repository', repository };
}
