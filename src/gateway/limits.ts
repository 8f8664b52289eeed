/** Every time limit and bound of the gateway, with its reason. */
export interface GatewayLimits {
  /** How long a node may take to answer anything but content, milliseconds. */
  readonly nodeAnswerMs: number;
  /** How long a node may take to make a whole upload durable, milliseconds. */
  readonly nodeCommitMs: number;
  /** How long a node may take nothing of an upload before it loses its copy, milliseconds. */
  readonly nodeStallMs: number;
  /** Bytes that a slow node may lag behind an upload; bounds what an upload holds in memory. */
  readonly uploadWindowBytes: number;
  /** Bytes that all uploads together may hold while that leaves each the least window. */
  readonly uploadsBytesMax: number;
  /** The least window; below it the disk would be written to in crumbs. */
  readonly uploadWindowBytesMin: number;
  /** How long an upload waits for another one of the same key, milliseconds. */
  readonly sameKeyWaitMs: number;
  /**
   * How long an upload to a cluster waits for other processes that place uploads, milliseconds; a
   * client shows nothing meanwhile.
   */
  readonly placementWaitMs: number;
  /**
   * How long a client may send nothing in the middle of a body, milliseconds. Long, because the
   * protocol knows no keep-alive within a body (spec/p2p-http.md section 4).
   */
  readonly idleBodyMs: number;
  /** How long a connection without a request stays open, milliseconds. */
  readonly idleConnectionMs: number;
  /** Connections at once; more are closed at once. */
  readonly connectionsMax: number;
}

export const defaultLimits: GatewayLimits = {
  nodeAnswerMs: 30_000,
  nodeCommitMs: 10 * 60_000,
  nodeStallMs: 60_000,
  uploadWindowBytes: 4 * 1024 * 1024,
  uploadsBytesMax: 128 * 1024 * 1024,
  uploadWindowBytesMin: 128 * 1024,
  sameKeyWaitMs: 60_000,
  placementWaitMs: 60_000,
  idleBodyMs: 30 * 60_000,
  idleConnectionMs: 5 * 60_000,
  connectionsMax: 10_000,
};
