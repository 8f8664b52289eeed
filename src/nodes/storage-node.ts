import type { Key } from '../key/index.ts';
import type {
  ContentLock,
  Deposit,
  ListedKey,
  QuarantineOutcome,
  Removal,
} from '../repository/index.ts';
import type { ByteStream } from '../stream/index.ts';
import type { Uuid } from '../units/index.ts';
import type { DirectAccess, TakenContent } from './direct-access.ts';

export type {
  ContentLock,
  Deposit,
  ListedKey,
  QuarantineOutcome,
  Removal,
} from '../repository/index.ts';

/**
 * A place that stores contents by key, whatever it is made of. The gateway speaks to all of them
 * through these verbs only. Each verb rejects with `NodeUnavailableError` when the place cannot be
 * asked: "not there" is an answer, "don't know" is not.
 */
export interface StorageNode {
  readonly uuid: Uuid;
  /** What people call it: the remote's name, or the repository's description. */
  readonly name: string;
  /** git-annex's cost of a remote; cheaper ones are asked first. */
  readonly cost: number;
  /**
   * Why nothing is stored there or removed, as the end of a sentence: such a node is read, and no upload is
   * placed on it. Absent, or undefined, where it may be.
   */
  readonly readOnly?: string | undefined;
  /** What clients may send there themselves, and get from there. Absent where they may not. */
  readonly direct?: DirectAccess;
  /** Set where no locks are kept: who relies on a copy there can only have seen it. */
  readonly keepsNoLocks?: true;
  /** Whether the complete content is there; at once where that needs no waiting. */
  has(key: Key): boolean | Promise<boolean>;
  /**
   * The content from a byte on; `undefined` when it is not there. The stream can begin before the
   * node has read it to the end. From the end or beyond it the stream is empty.
   */
  get(key: Key, fromByte: number): Promise<StoredContent | undefined>;
  /** Bytes of an interrupted upload that are kept; an upload may go on from any of them. */
  offsetBytes(key: Key): Promise<number>;
  /**
   * Begins to store a content. One at a time for a key: a second one waits for the first, within a
   * limit, and then often finds the content there.
   *
   * @returns `'present'` when the complete content is there already.
   */
  put(key: Key, options: PutOptions): Promise<Deposit | 'present'>;
  /** Removes the content, unless somebody keeps it locked. */
  remove(key: Key, options: RemoveOptions): Promise<Removal>;
  /**
   * Whether the content is there, after an act that a crash may have left half done: makes that
   * durable, has the node's own log agree with it, and clears what is left over. Absent where the
   * node sees to that itself.
   */
  settle?(key: Key): Promise<boolean>;
  /**
   * Takes what was read, and is not the content of its key, out of the way as `git annex fsck` does: its bytes
   * are kept, and nobody is given them. Absent where nobody but who has the place may do that.
   */
  quarantine?(key: Key, wrong: WrongContent): Promise<CopyQuarantine>;
  /**
   * All keys of which something is in the place of a content, whatever location logs say, in an order that
   * stays. Absent where that cannot be asked.
   * @param after only those behind this place in it.
   */
  listKeys?(after?: string): AsyncIterable<ListedKey>;
  /** Keeps the content from being removed; `undefined` when it is not there. */
  lock(key: Key): Promise<ContentLock | undefined>;
  /** The clock that `remove` compares with: whole seconds that never go backwards. */
  clockSeconds(): Promise<number>;
  /**
   * Resolves when the place answers questions, or takes changes, and changes nothing that shows. It
   * waits for nothing that others have under way, and not at all where these make headway.
   */
  probe(kind: ProbeKind): Promise<void>;
}

/** Whether a place is to give, or to take: one that can do the one may hang at the other. */
export type ProbeKind = 'question' | 'change';

/** A content being read. */
export interface StoredContent {
  /** Bytes of the whole content, wherever the stream begins. */
  readonly sizeBytes: number;
  readonly stream: ByteStream;
  /** What tells it from whatever takes its place. Absent where a place knows no such thing. */
  readonly state?: string;
  /** Whether the stream ends in WRONG_CONTENT where its bytes are not what the key says. Default: it need not. */
  readonly isJudged?: boolean;
}

/** A content that was read and is not what its key says. */
export interface WrongContent {
  /** Of what was read, as {@link StoredContent} has it; `undefined` where nothing could be opened. */
  readonly state: string | undefined;
  /**
   * Keeps bytes elsewhere, for a place that has no room beside its contents for those that are wrong.
   * Resolves when they are durable, with where they are, for people.
   */
  readonly keep: (bytes: AsyncIterable<Uint8Array>) => Promise<string>;
}

/** What became of it, and where it was moved to, for people. */
export interface CopyQuarantine {
  readonly outcome: QuarantineOutcome;
  readonly where?: string;
}

/** What an upload is, and for how long its turn is waited for. */
export interface PutOptions {
  /** Bytes of the whole content, as far as the uploader tells the truth. */
  readonly sizeBytes: number;
  /** How long to wait for another upload of the key, milliseconds. */
  readonly waitMs: number;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
  /**
   * What `direct` of a node has taken for the key. At that node, it is what is stored, so that what is written, which has
   * to be the same, need not be sent there; at others it is nothing. Default: nothing was taken.
   */
  readonly taken?: TakenContent | undefined;
  /**
   * What the bytes come from: nodes that are given the same object are written the same bytes, and may have a temporary
   * file of them in common. Default: nothing is shared.
   */
  readonly source?: object;
}

/** Until when a removal may begin. */
export interface RemoveOptions {
  /** Removes only while this node's clock is below it. */
  readonly beforeSeconds?: number;
  /**
   * Whoever asked has stopped waiting: a removal that has not begun must not begin, since somebody
   * may by now rely on the content.
   */
  readonly signal: AbortSignal;
}
