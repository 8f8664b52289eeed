/** Names of the gateway's limits. The ending is the unit; `Max` counts. */
export type LimitName =
  | 'nodeAnswerMs'
  | 'nodeDoubtMs'
  | 'nodeProbeMs'
  | 'nodeRetryMs'
  | 'nodeRetrySlowMs'
  | 'nodeCommitMs'
  | 'nodeStallMs'
  | 'uploadWindowBytes'
  | 'uploadsBytesMax'
  | 'uploadWindowBytesMin'
  | 'sameKeyWaitMs'
  | 'uploadFloorBytesPerS'
  | 'uploadFloorWindowMs'
  | 'placementWaitMs'
  | 'idleBodyMs'
  | 'idleConnectionMs'
  | 'connectionsMax'
  | 'pipelinedMax'
  | 'headersMs'
  | 'headersBytesMax'
  | 'probeMs'
  | 'lockLifetimeMs'
  | 'lockRenewMs'
  | 'locksMax'
  | 'partialLifetimeMs'
  | 'partialSweepMs'
  | 'pushMergeMs'
  | 'uploadUrlMs'
  | 'downloadUrlMs';

/** Every time limit and bound of the gateway. */
export type GatewayLimits = Readonly<Record<LimitName, number>>;

/** What each limit bounds, and why, as it is told to people. */
export const limitMeanings: Readonly<Record<LimitName, string>> = {
  nodeAnswerMs: 'how long a node may take to answer anything but content',
  nodeDoubtMs:
    'how long a node may be silent before others are asked as well, and it is asked whether it is there',
  nodeProbeMs:
    'how long it may take to answer that, or anything else; then nobody waits for it until it does',
  nodeRetryMs: 'how soon a node that does not answer is asked again, at first',
  nodeRetrySlowMs: 'how soon a node that does not answer is asked again, in the long run',
  nodeCommitMs: 'how long a node may take to make a whole upload durable',
  nodeStallMs:
    'how long a node may take nothing of an upload, or give nothing of a content, before it is left',
  uploadWindowBytes: 'what a slow node may lag behind an upload, which is kept in memory',
  uploadsBytesMax: 'what all uploads together may keep in memory, while each has the least window',
  uploadWindowBytesMin: 'the least window: below it the disk would be written to in crumbs',
  sameKeyWaitMs: 'how long an upload waits for another one of the same key',
  // Below a line of 512 kbit/s. Whoever is left for another loses nothing but time.
  uploadFloorBytesPerS:
    'how fast a client must send for another upload of the same key to wait for it',
  uploadFloorWindowMs:
    'how long a client must have been slower than that before another one goes on',
  placementWaitMs: 'how long an upload to a cluster waits for other processes that place uploads',
  // spec/p2p-http.md section 4: a put must not be cut while it is being sent.
  idleBodyMs:
    'how long a client may neither send nor read in the middle of a content; long, as the protocol has no sign of life in it',
  idleConnectionMs: 'how long a connection stays open between requests',
  connectionsMax:
    'connections at once; a few before that, those without a request are closed to make room',
  // Hardly a client sends a second one before its answer; one that does gains nothing by more.
  pipelinedMax:
    'requests of one connection that wait for their answers; then nothing more of it is read',
  headersMs: 'how long the head of a request may take to arrive',
  // A key and a file name of 4 kB each, every byte of them percent-encoded, and the rest.
  headersBytesMax: 'the head of a request: room for the longest key and file name',
  probeMs: 'when the system begins to probe a silent connection for a peer that is gone',
  // spec/p2p-http.md section 5, lockcontent.
  lockLifetimeMs:
    'how long a content lock lasts that no client keeps; the protocol says ten minutes',
  lockRenewMs:
    'how often the promise of a kept lock is renewed on disk; it must be well below ten minutes, which a promise lasts',
  locksMax: 'content locks at once, each of which holds a file open; one more is refused',
  partialLifetimeMs:
    'how long the bytes of an interrupted upload are kept for its client to go on from',
  partialSweepMs: 'how often interrupted uploads that are too old are looked for',
  pushMergeMs:
    'how long it may take to merge what was pushed to git-annex, waiting for others included; then it is refused',
  uploadUrlMs:
    'how long a url is good for by which a client sends a content to S3 itself; at most 12h',
  downloadUrlMs:
    'how long a url is good for by which a client reads a content from S3 itself; at most 12h',
};

/** The most that a limit may be set to, where that is less than what its unit allows. */
export const limitBounds: Readonly<Partial<Record<LimitName, number>>> = {
  // What was sent and not asked about is removed after a day.
  uploadUrlMs: 12 * 60 * 60_000,
  downloadUrlMs: 12 * 60 * 60_000,
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const kiB = 1024;

/** What each limit is when nobody says otherwise. */
export const defaultLimits: GatewayLimits = {
  nodeAnswerMs: 30_000,
  nodeDoubtMs: 1_000,
  // Several times what a disk takes for a sync that is very slow.
  nodeProbeMs: 6_000,
  nodeRetryMs: 1_000,
  nodeRetrySlowMs: minuteMs,
  nodeCommitMs: 10 * minuteMs,
  nodeStallMs: minuteMs,
  uploadWindowBytes: 4 * kiB * kiB,
  uploadsBytesMax: 128 * kiB * kiB,
  uploadWindowBytesMin: 128 * kiB,
  sameKeyWaitMs: minuteMs,
  uploadFloorBytesPerS: 64 * kiB,
  uploadFloorWindowMs: 5_000,
  placementWaitMs: minuteMs,
  idleBodyMs: 30 * minuteMs,
  idleConnectionMs: 5 * minuteMs,
  connectionsMax: 12_000,
  pipelinedMax: 8,
  headersMs: minuteMs,
  headersBytesMax: 32 * kiB,
  probeMs: minuteMs,
  lockLifetimeMs: 10 * minuteMs,
  lockRenewMs: 3 * minuteMs,
  locksMax: 10_000,
  partialLifetimeMs: 7 * dayMs,
  partialSweepMs: 60 * minuteMs,
  pushMergeMs: 10 * minuteMs,
  uploadUrlMs: 15 * minuteMs,
  // Only to begin: what is being sent goes on.
  downloadUrlMs: 2 * minuteMs,
};

/** Whether a text is the name of a limit. */
export function isLimitName(text: string): text is LimitName {
  return Object.hasOwn(defaultLimits, text);
}
