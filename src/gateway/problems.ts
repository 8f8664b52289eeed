import type { BareStatus, HttpProblem, TextStatus } from '../protocol/index.ts';
import { errorCode } from '../units/index.ts';

/** What a peer is told: over HTTP a status and a text, on a line `ERROR` and the text. */
interface PeerAnswer {
  readonly status: TextStatus;
  /** Default: what the error says. */
  readonly text?: string;
}

/** What a peer is told by the status alone; what its credentials lack is a bare 403. */
interface BareAnswer {
  readonly status: BareStatus | 403;
  readonly text: '';
}

/** What is nobody's business but that of who reads the log. */
const hidden: PeerAnswer = {
  status: 500,
  text: 'the gateway could not do this; its log tells why',
};

/** What the faces refuse before anybody is asked. */
const refusals = {
  BAD_CREDENTIALS: {
    status: 400,
    text: 'Error parsing header Authorization failed: invalid basic auth header',
  },
  UNAUTHORIZED: { status: 401, text: '' },
  FORBIDDEN: { status: 403, text: '' },
  FOREIGN_PAGE: { status: 403, text: 'a page of another origin may not do this; --cors lets it' },
  // What a session of lines may not do (spec/p2p-line.md section 4).
  READ_ONLY: { status: 403, text: 'this repository is read-only; write access denied' },
  APPEND_ONLY: { status: 403, text: 'this repository is append-only; removal denied' },
  LOGINS_FAILED: {
    status: 429,
    text: 'too many logins from this address have failed; try again later',
  },
} as const;

/**
 * The one table from what can go wrong behind a request, by the codes of errors, to what the peer is
 * told. Every code has a row; scripts/error-codes.js says which one has not.
 */
const troubles: Readonly<Record<string, PeerAnswer>> = {
  // Somebody behind this gateway cannot be asked.
  NODE_UNAVAILABLE: { status: 502 },
  NODE_SUSPECTED: { status: 502 },
  WRONG_CONTENT: { status: 502 },
  NOT_CONFIGURED: { status: 502 },
  // Not now.
  SHELF_FULL: { status: 503 },
  PLACEMENT_BUSY: { status: 503 },
  TURN_TIMEOUT: { status: 503 },
  REFUSED_SETTING: { status: 503 },
  // Not this content.
  UNVERIFIABLE_KEY: { status: 501 },
  UNWANTED: { status: 507 },
  KEY_EXPORTED: { status: 403 },
  EXPRESSION_REFUSED: { status: 500 },
  // Of the parts of the gateway that treat it themselves; what comes through is told in the log only.
  BROKEN_BODY: hidden,
  BROKEN_SESSION: hidden,
  GATEWAY_UNUSABLE: hidden,
  GAVE_WAY: hidden,
  NODE_OPEN_TIMEOUT: hidden,
  TOO_LONG: hidden,
  TOO_MANY_INTENTS: hidden,
  // Of nodes and peers.
  BUCKET_REFUSED: hidden,
  CONTENT_CHANGED: hidden,
  INSECURE_KEY: hidden,
  NO_PACKET: hidden,
  PEER_FAILED: hidden,
  PUSH_REFUSED: hidden,
  RSYNC_FAILED: hidden,
  // Of repositories and their disks.
  BRANCH_DAMAGED: hidden,
  BRANCH_REWRITTEN: hidden,
  CALL_NOT_BEGUN: hidden,
  DEPOSIT_BUSY: hidden,
  FILE_LOCKS_UNSUPPORTED: hidden,
  FILE_LOCK_TIMEOUT: hidden,
  GIT_FAILED: hidden,
  GIT_UNUSABLE: hidden,
  KEY_NOT_STORABLE: hidden,
  LOG_UNREADABLE: hidden,
  MERGE_TOO_LARGE: hidden,
  NOT_ENOUGH_SPACE: hidden,
  NO_ANNEX: hidden,
  NO_BRANCH: hidden,
  OBJECT_STORE: hidden,
  OBJECT_TOO_LARGE: hidden,
  REPOSITORY_UNUSABLE: hidden,
  TREE_TOO_LARGE: hidden,
  TREE_UNKNOWN: hidden,
  UNKNOWN_TRANSITION: hidden,
};

/** The answer to what the faces refuse. */
export function refused(code: keyof typeof refusals): HttpProblem {
  const refusal: Required<PeerAnswer> | BareAnswer = refusals[code];
  return { kind: 'problem', ...refusal };
}

/** The answer to a request that ended in an error. */
export function problemOf(error: unknown): HttpProblem {
  const message = error instanceof Error ? error.message : String(error);
  const { status, text = message } = troubles[errorCode(error) ?? ''] ?? hidden;
  return { kind: 'problem', status, text };
}
