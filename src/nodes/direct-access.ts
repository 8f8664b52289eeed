import type { Key } from '../key/index.ts';
import type { ByteStream } from '../stream/index.ts';

/** Why a place takes no content from clients itself, or gives none. */
export type DirectRefusal =
  /** It is no place that signs requests for others. */
  | 'notS3'
  | 'encrypted'
  | 'chunked'
  | 'exportedTree'
  | 'readOnly'
  | 'noCredentials'
  | 'signatureV2'
  /** Of a key: nothing says how much is to come. */
  | 'sizeUnknown'
  /** Of a key: nothing says which bytes are right. */
  | 'noHash'
  /** Of a key: more than one request can bring. */
  | 'tooLarge';

/** A request that a client may send to a place for a time. Its url is a secret. */
export interface DirectRequest {
  readonly kind: 'request';
  readonly method: 'PUT' | 'GET' | 'HEAD';
  readonly url: string;
  /** What has to be sent with it, as it is. */
  readonly headers: Readonly<Record<string, string>>;
  readonly lifeSeconds: number;
}

/** Why there is none. */
export interface DirectRefused {
  readonly kind: 'refused';
  readonly reason: DirectRefusal;
}

/** What a client has sent to a place, taken to where no client can change it, and not judged yet. */
export interface TakenContent {
  readonly kind: 'taken';
  /** Reads all of it. */
  read(): Promise<ByteStream>;
  /**
   * Leaves it: what was taken is removed. Harmless more than once.
   *
   * @param sent whether what the client has sent goes, too, as it is of no more use.
   */
  leave(sent: 'keep' | 'remove'): Promise<void>;
}

/** What was found of what a client has sent. */
export type DirectFound =
  | TakenContent
  | { readonly kind: 'nothing' }
  /** It was not as large as the key says, and is removed. */
  | { readonly kind: 'otherSize'; readonly sizeBytes: number | undefined };

/** What a client wants to read itself. */
export interface DirectReading {
  readonly method: 'GET' | 'HEAD';
  readonly lifeSeconds: number;
  /** What the place is to say of how the content is to be saved. */
  readonly contentDisposition: string;
}

/**
 * What clients may send straight to a place, and get straight from it, past the gateway. What they send comes to lie
 * beside the contents, where no key is looked for: it is nothing until it was taken, judged, and stored by `put` with it.
 *
 * Each call rejects with `NodeUnavailableError` when the place cannot be asked.
 */
export interface DirectAccess {
  /** Why it takes nothing of clients, whatever the key; `undefined` where it does. */
  readonly refusal: DirectRefusal | undefined;
  /** A request by which a client sends a content. */
  offer(key: Key, lifeSeconds: number): Promise<DirectRequest | DirectRefused>;
  /** What came of such requests for a key. */
  take(key: Key): Promise<DirectFound>;
  /** A request by which a client reads a content; `undefined` where it is not there, or not in one plain piece. */
  read(key: Key, reading: DirectReading): Promise<DirectRequest | undefined>;
}
