/**
 * Actions made ready: "an action is first prepared into a list of pieces; gitpull and gitpush take effect
 * while preparing" (spec/sim.md section 6).
 */
import type { Action, RemoteOperation } from '../language/actions.ts';
import type { Oddities } from '../oddities.ts';
import type { Network } from '../world/network.ts';
import type { Views } from '../world/views.ts';
import type { Operation } from './operations.ts';
import {
  noRemote,
  notPulled,
  specialRemoteActs,
  unknownRepository,
  type Trouble,
} from './troubles.ts';

/** The operations of an action, each with an attempt for every file; or why there are none. */
export type Prepared =
  | { readonly kind: 'operations'; readonly operations: readonly Operation[] }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** What longer actions consist of. A push pushes before its own transfers (spec/sim.md section 6). */
const parts: Readonly<
  Partial<Record<RemoteOperation, readonly (RemoteOperation | 'dropunwanted')[]>>
> = {
  pull: ['gitpull', 'getwanted', 'dropunwanted'],
  push: ['sendwanted', 'dropunwantedfrom', 'gitpush'],
  sync: ['gitpull', 'getwanted', 'sendwanted', 'dropunwantedfrom', 'gitpush'],
};

/** Where actions are made ready. */
export interface Ground {
  readonly oddities: Oddities;
  readonly network: Network;
  readonly views: Views;
}

/** Makes an action ready, with the checks of spec/sim.md section 6 in their order. */
export function prepare(action: Action, ground: Ground): Prepared {
  const whole = 'remote' in action ? parts[action.operation] : undefined;
  if (whole === undefined || !('remote' in action)) return prepareOne(action, ground);
  const { repository, remote } = action;
  const operations: Operation[] = [];
  for (const operation of whole) {
    const part: Action =
      operation === 'dropunwanted' ? { repository, operation } : { repository, operation, remote };
    const prepared = prepareOne(part, ground);
    if (prepared.kind === 'trouble') return prepared;
    operations.push(...prepared.operations);
  }
  return { kind: 'operations', operations };
}

function prepareOne(action: Action, { network, views, oddities }: Ground): Prepared {
  const { repository: name } = action;
  const actor = network.find(name);
  if (actor === undefined) return trouble(unknownRepository(name, network));
  const { isSpecialRemote, remotes } = network.repository(actor);
  if (isSpecialRemote && action.operation !== 'dropunwantedfrom')
    return trouble(specialRemoteActs(name));
  if (!('remote' in action)) {
    if (!network.reach.reaches(actor, actor)) return nothing;
    return operation({ kind: 'drop', actor, actorName: name, other: actor, otherName: name });
  }
  const { operation: what, remote } = action;
  if (!remotes.has(remote)) return trouble(noRemote(name, remote, remotes));
  const other = network.find(remote);
  if (other === undefined) return trouble(unknownRepository(remote, network));
  const kind = kinds.get(what);
  if (kind === undefined && !isMerged(name, remote, network)) {
    return trouble(notPulled(name, remote));
  }
  if (network.route(actor, remote) === undefined) return nothing;
  if (kind !== undefined)
    return operation({ kind, actor, actorName: name, other, otherName: remote });
  const known = network.keeperOf(remote) ?? other;
  if (!oddities.remoteviews && network.repository(known).isSpecialRemote) return nothing;
  if (what === 'gitpull') views.merge(known, actor);
  else views.merge(actor, known);
  return nothing;
}

const kinds: ReadonlyMap<RemoteOperation, Operation['kind']> = new Map([
  ['getwanted', 'get'],
  ['sendwanted', 'send'],
  ['dropunwantedfrom', 'drop'],
]);

/** A repository has a view to merge; of a cluster node only its gateway has one. */
function isMerged(name: string, remote: string, network: Network): boolean {
  return network.names.has(name) && network.keeperOf(remote) !== undefined;
}

/** What cannot be reached is passed over. */
const nothing: Prepared = { kind: 'operations', operations: [] };

function trouble(found: Trouble): Prepared {
  return { kind: 'trouble', trouble: found };
}

function operation(only: Operation): Prepared {
  return { kind: 'operations', operations: [only] };
}
