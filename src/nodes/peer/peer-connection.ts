import type { Key } from '../../key/index.ts';
import type { Reply, ReplyKind, RequestOf } from '../../protocol/index.ts';
import type { ByteStream } from '../../stream/index.ts';
import { BallastError } from '../../units/index.ts';

/** What a peer can be asked that is answered in one reply. */
export type PeerQuestion = RequestOf<'checkPresent' | 'remove' | 'removeBefore' | 'getTimestamp'>;

/** How a question is put. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly isProbe?: boolean;
}

/**
 * The P2P protocol from the client's side, whatever the transport. Each verb rejects with
 * {@link PeerError} when there is no answer: "no" is an answer, silence is not.
 */
export interface PeerConnection {
  /**
   * Asks one question.
   *
   * @param options.signal a question that is not under way when it is aborted is not asked; what
   * became of one that was, is not known.
   * @param options.isProbe it waits for no connection that is busy with other things.
   */
  ask(question: PeerQuestion, options?: AskOptions): Promise<Reply>;
  /**
   * A content from a byte on. Ends in an error when the peer sends less than it announced, or finds
   * that the content changed meanwhile. Many peers send nothing at all of a content that is absent:
   * ask first.
   */
  get(key: Key, fromByte: number): Promise<ByteStream & { readonly lengthBytes: number }>;
  /**
   * Begins to store a content of a size; `'present'` when the peer has it. Not for a key whose
   * upload has not ended: some peers never answer then (spec/p2p-http.md section 5).
   */
  put(key: Key, sizeBytes: number): Promise<PeerUpload | 'present'>;
  /** Keeps a content from being removed; `undefined` when the peer does not have it. */
  lock(key: Key): Promise<PeerLock | undefined>;
  /** Ends all connections, whatever is under way on them. Harmless more than once. */
  close(): Promise<void>;
}

/** A content on its way to a peer. Ended by `finish` or `abandon`. */
export interface PeerUpload {
  /** What the peer kept of an earlier upload: bytes before this are not to be written. */
  readonly offsetBytes: number;
  /** Sends the next bytes; settles when more may come. The bytes may then be used again. */
  write(piece: Uint8Array): Promise<void>;
  /**
   * After the last byte: whether the peer has verified and stored the content. Rejects when its
   * answer did not come; it may have stored it then.
   */
  finish(): Promise<boolean>;
  /** Gives up before the last byte; the peer keeps what it has. Harmless more than once. */
  abandon(): Promise<void>;
}

/** A content lock on a peer. */
export interface PeerLock {
  /** Ends the lock. Harmless more than once. */
  release(): Promise<void>;
  /**
   * Sees to it that the content stays for ten minutes from now, during which this lock is not to be
   * released. Over HTTP it does so without this process, too. Rejects when nobody knows that it
   * stays.
   */
  leave(): Promise<void>;
  /**
   * Sees to it that the content stays for ten minutes from now also when this process dies, and holds
   * the lock on. Absent where a peer keeps nothing for a process that is gone.
   */
  renew?(): Promise<void>;
  /** Resolves when the content may no longer be kept, though nobody released the lock. */
  readonly broken: Promise<Error>;
}

/** A peer that could not be asked, refused, or answered with what is no answer. */
export class PeerError extends BallastError {
  override readonly name = 'PeerError';
  override readonly data: {
    /** The status over HTTP, if there was one. */
    readonly status: number | undefined;
  };

  /** The code is `PEER_FAILED`, or `CONTENT_CHANGED` when a content that it sent is another one now. */
  constructor(
    why: string,
    options: ErrorOptions & { readonly status?: number; readonly code?: 'CONTENT_CHANGED' } = {},
  ) {
    super(options.code ?? 'PEER_FAILED', why, { cause: options.cause });
    this.data = { status: options.status };
  }
}

/** A reply of the kind that the question calls for. */
export function replyOf<Kind extends ReplyKind>(
  reply: Reply,
  kind: Kind,
): Extract<Reply, { kind: Kind }> {
  if (isOfKind(reply, kind)) return reply;
  throw new PeerError(`it answered ${reply.kind} where ${kind} was called for`);
}

function isOfKind<Kind extends ReplyKind>(
  reply: Reply,
  kind: Kind,
): reply is Extract<Reply, { kind: Kind }> {
  return reply.kind === kind;
}
