/**
 * Actions made ready: "an action is first prepared into a list of pieces; gitpull and gitpush take effect
 * while preparing" (spec/sim.md section 6).
 */
import type { Action, RemoteDeed } from '../language/command.ts';
import type { Network } from '../world/network.ts';
import type { Views } from '../world/views.ts';
import type { Deed } from './deeds.ts';
import {
  noRemote,
  notPulled,
  specialRemoteActs,
  unknownRepository,
  type Trouble,
} from './troubles.ts';

/** The deeds of an action, each with a piece for every file; or why there are none. */
export type Prepared =
  | { readonly kind: 'deeds'; readonly deeds: readonly Deed[] }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** What the longer actions consist of. A push pushes before its own transfers, which the spec shows. */
const parts: Readonly<Partial<Record<RemoteDeed, readonly (RemoteDeed | 'dropunwanted')[]>>> = {
  pull: ['gitpull', 'getwanted', 'dropunwanted'],
  push: ['sendwanted', 'dropunwantedfrom', 'gitpush'],
  sync: ['gitpull', 'getwanted', 'sendwanted', 'dropunwantedfrom', 'gitpush'],
};

/** Where actions are made ready. */
export interface Ground {
  readonly network: Network;
  readonly views: Views;
}

/** Makes an action ready, with the checks of section 6 in their order. */
export function prepare(action: Action, ground: Ground): Prepared {
  const whole = 'remote' in action ? parts[action.deed] : undefined;
  if (whole === undefined || !('remote' in action)) return prepareOne(action, ground);
  const { repository, remote } = action;
  const deeds: Deed[] = [];
  for (const deed of whole) {
    const part: Action =
      deed === 'dropunwanted' ? { repository, deed } : { repository, deed, remote };
    const prepared = prepareOne(part, ground);
    if (prepared.kind === 'trouble') return prepared;
    deeds.push(...prepared.deeds);
  }
  return { kind: 'deeds', deeds };
}

function prepareOne(action: Action, { network, views }: Ground): Prepared {
  const { repository: name } = action;
  const actor = network.find(name);
  if (actor === undefined) return trouble(unknownRepository(name, network));
  const { isSpecialRemote, remotes } = network.repository(actor);
  if (isSpecialRemote && action.deed !== 'dropunwantedfrom')
    return trouble(specialRemoteActs(name));
  if (!('remote' in action)) {
    return deed({ kind: 'drop', actor, actorName: name, other: actor, otherName: name });
  }
  const { deed: what, remote } = action;
  if (!remotes.has(remote)) return trouble(noRemote(name, remote, remotes));
  const other = network.find(remote);
  if (other === undefined) return trouble(unknownRepository(remote, network));
  const both = { actor, actorName: name, other, otherName: remote };
  switch (what) {
    case 'getwanted':
      return deed({ kind: 'get', ...both });
    case 'sendwanted':
      return deed({ kind: 'send', ...both });
    case 'dropunwantedfrom':
      return deed({ kind: 'drop', ...both });
    default:
      if (!network.names.has(name) || !network.names.has(remote)) {
        return trouble(notPulled(name, remote));
      }
      if (what === 'gitpull') views.merge(other, actor);
      else views.merge(actor, other);
      return { kind: 'deeds', deeds: [] };
  }
}

function trouble(found: Trouble): Prepared {
  return { kind: 'trouble', trouble: found };
}

function deed(only: Deed): Prepared {
  return { kind: 'deeds', deeds: [only] };
}
