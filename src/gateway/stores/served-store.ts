import type { Key } from '../../key/index.ts';
import type { ContentLock, RemoveOptions, StoredContent } from '../../nodes/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { DirectNodes } from './direct-nodes.ts';
import type { Upload } from '../uploads/upload.ts';

type ReplyOf<Kind extends Reply['kind']> = Extract<Reply, { kind: Kind }>;
/** What a client hears of an upload that is over. */
export type StoredReply = ReplyOf<'stored'>;
/** What a client hears of a removal. */
export type RemovedReply = ReplyOf<'removed'>;
/** What a client hears that asks from which byte to upload. */
export type PutOffsetReply = ReplyOf<'putFrom'> | ReplyOf<'alreadyHave'>;

/** A content, and the node that gives it. */
export interface ServedContent extends StoredContent {
  readonly node: Uuid;
}

/**
 * What stands behind a UUID that this gateway serves: its own repository, a proxied node, or a
 * cluster. Every change is in the gateway's location log, durably, before the answer.
 */
export interface ServedStore {
  /** Its nodes, for what clients send to these, and get from these, themselves. */
  readonly direct: DirectNodes;
  checkPresent(key: Key): Promise<boolean>;
  /** `undefined` when the key is not there; rejects when that cannot be known. */
  get(key: Key, fromByte: number): Promise<ServedContent | undefined>;
  put(upload: Upload): Promise<StoredReply>;
  /** Answers a put whose data came another way: whether the key is there now. */
  confirmPresent(key: Key, associatedFile: string | undefined): Promise<StoredReply>;
  putOffset(key: Key): Promise<PutOffsetReply>;
  /**
   * Removes a content, unless it is locked. No copies are counted here: who asks has locked or verified
   * enough of them, by the rule that `mayDrop` of placement/ has too, and may rely on repositories that
   * are not served here.
   * @param options.beforeSeconds removes only while this store's clock is below it: as long as the locks
   *   that the drop rests on are sure to be kept.
   */
  remove(key: Key, options: RemoveOptions): Promise<RemovedReply>;
  /** The clock for `beforeSeconds`, whole seconds. */
  timestampSeconds(): Promise<number>;
  /** `undefined` when the key is not there or this store locks nothing. */
  lock(key: Key): Promise<ContentLock | undefined>;
}
