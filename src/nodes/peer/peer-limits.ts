/** Every time limit and bound of a connection to a peer, with its reason. */
export interface PeerLimits {
  /** How long a connection may take to be made, milliseconds. */
  readonly connectMs: number;
  /**
   * How long an answer that is no content may take, waiting for a free connection included,
   * milliseconds.
   */
  readonly answerMs: number;
  /** How long a peer may send or take nothing in the middle of a content, milliseconds. */
  readonly idleMs: number;
  /**
   * How long a peer may take to answer once it has a whole content, milliseconds: it hashes it
   * again, and writes all of it to its disk.
   */
  readonly storeMs: number;
  /** How long a peer may take to note that an upload was given up, milliseconds. */
  readonly abandonMs: number;
  /** How long git's credential helpers may take, milliseconds; a person may be typing. */
  readonly credentialMs: number;
  /**
   * How long no credentials are asked for after there were none, milliseconds: many requests at
   * once must not start a git each.
   */
  readonly credentialPauseMs: number;
  /** For how long an older version that a server knows is asked for at once, milliseconds. */
  readonly versionMemoryMs: number;
  /** Connections at once to a server, those that keep locks apart. */
  readonly connectionsMax: number;
  /** Locks at once on a server; each has a connection or a session of its own. */
  readonly locksMax: number;
  /** Sessions at once with a child process, those that keep locks apart; each may be an ssh. */
  readonly sessionsMax: number;
  /** How long a session with nothing to do is kept, milliseconds. */
  readonly idleSessionMs: number;
  /** How often the body of a lock says that it goes on, milliseconds: proxies cut silent bodies. */
  readonly keepLockedMs: number;
}

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
  idleSessionMs: 60_000,
  keepLockedMs: 20_000,
};
