import type { Clock } from '../../clock/index.ts';

/** Names of the limits of connections to peers. The ending is the unit; `Max` counts. */
export type PeerLimitName =
  | 'connectMs'
  | 'answerMs'
  | 'idleMs'
  | 'storeMs'
  | 'abandonMs'
  | 'credentialMs'
  | 'credentialPauseMs'
  | 'versionMemoryMs'
  | 'connectionsMax'
  | 'locksMax'
  | 'sessionsMax'
  | 'idleConnectionsMax'
  | 'idleSessionMs'
  | 'keepLockedMs';

/** Every time limit and bound of a connection to a peer. */
export type PeerLimits = Readonly<Record<PeerLimitName, number>>;

/** The limits of a connection, and the clock that they are measured by. */
export type PeerBounds = PeerLimits & { readonly clock: Clock };

/** What each limit bounds, and why, as it is told to people. */
export const peerLimitMeanings: Readonly<Record<PeerLimitName, string>> = {
  connectMs: 'how long a connection to a remote node may take to be made',
  answerMs:
    'how long an answer of a remote node that is no content may take, waiting for a free connection included',
  idleMs: 'how long a remote node may send or take nothing in the middle of a content',
  storeMs:
    'how long a remote node may take to answer once it has a whole content, which it hashes again and writes to its disk',
  abandonMs: 'how long a remote node may take to note that an upload was given up',
  credentialMs: "how long git's credential helpers may take; a person may be typing",
  credentialPauseMs:
    'how long no credentials are asked for after there were none: many requests at once must not start a git each',
  versionMemoryMs: 'for how long an older version that a remote node knows is asked for at once',
  connectionsMax: 'connections at once to a remote node over http, those that keep locks apart',
  locksMax: 'locks at once on a remote node; each has a connection or a session of its own',
  sessionsMax:
    'sessions at once with a remote node behind ssh, those that keep locks apart; each is an ssh',
  idleConnectionsMax:
    'connections to, or sessions with, a remote node that are kept with nothing to do',
  idleSessionMs: 'how long a session with nothing to do is kept',
  keepLockedMs:
    'how often the body of a lock on a remote node says that it goes on: proxies cut silent bodies',
};

/** What each limit is when nobody says otherwise. */
export const defaultPeerLimits: PeerLimits = {
  connectMs: 10_000,
  answerMs: 30_000,
  idleMs: 60_000,
  storeMs: 10 * 60_000,
  abandonMs: 10_000,
  credentialMs: 2 * 60_000,
  credentialPauseMs: 30_000,
  versionMemoryMs: 10 * 60_000,
  connectionsMax: 32,
  locksMax: 256,
  sessionsMax: 8,
  idleConnectionsMax: 32,
  idleSessionMs: 60_000,
  keepLockedMs: 20_000,
};

/** Whether a text is the name of a limit of peers. */
export function isPeerLimitName(text: string): text is PeerLimitName {
  return Object.hasOwn(defaultPeerLimits, text);
}
