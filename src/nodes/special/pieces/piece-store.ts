import type { Key } from '../../../key/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type { DirectReading, DirectRefusal, DirectRequest } from '../../direct-access.ts';
import type { ProbeKind } from '../../storage-node.ts';

/**
 * Where a special remote keeps pieces, whatever it is made of: whole contents or chunks of them, encrypted
 * or not, each by the key that it is stored under. It knows nothing of what they are pieces of.
 *
 * Each call rejects when the place cannot be asked. A directory that is not mounted, a bucket that is not
 * there and a program that fails are no absence (spec/special-remotes.md section 0).
 */
export interface PieceStore {
  /** Why nothing can be stored there or removed, as the end of a sentence. Absent where it can. */
  readonly readOnly?: string;
  /** Whether what broke off can be gone on with: its deposits can `pause`. Default: not. */
  readonly canPause?: boolean;
  /** What clients may send there themselves. Absent where nothing. */
  readonly direct?: PieceDirect;
  /** What is known of a piece; `undefined` when it is not there. */
  look(piece: Key): Promise<FoundPiece | undefined>;
  /** A piece from a byte on; `undefined` when it is not there. From its end or beyond it is empty. */
  get(piece: Key, fromByte: number): Promise<StoredPiece | undefined>;
  /** Begins to store a piece. Two at once for one piece do not disturb each other: the last one stays. */
  put(piece: Key, options: PiecePutOptions): Promise<PieceDeposit>;
  /** Removes a piece, if it is there, and what else of it may be in the place. */
  remove(piece: Key): Promise<void>;
  /** Resolves when the place answers, or takes changes. */
  probe(kind: ProbeKind): Promise<void>;
  /** Clears what uploads of ended processes left. Absent where nothing can be left. */
  clear?(): Promise<void>;
  /** Ends what it has open. Harmless more than once. */
  close(): Promise<void>;
}

/** A piece that is there. */
export interface FoundPiece {
  /** As it is stored; `undefined` where the place does not tell it. */
  readonly sizeBytes: number | undefined;
}

/** A piece that is being read. */
export interface StoredPiece extends FoundPiece {
  readonly stream: ByteStream;
}

/** What is known of a piece before it is stored. */
export interface PiecePutOptions {
  /** As it is to be stored; `undefined` when that shows at the end. */
  readonly sizeBytes: number | undefined;
  /**
   * What `direct` of this store has taken: then it is what is stored at `commit`, and what is written is only counted. Of
   * another store it is nothing. Default: nothing was taken.
   */
  readonly taken?: object | undefined;
  /**
   * What its bytes come from: places that are given the same object for a piece are given the same bytes of it from its
   * beginning on, and may keep them in one file meanwhile. Default: nothing is shared.
   */
  readonly source?: object | undefined;
}

/** A piece on its way to its place, where nothing shows before `commit`. */
export interface PieceDeposit {
  /** Takes the next bytes, which may be reused when it settles. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written the piece, durably, in the place of what was there. */
  commit(): Promise<void>;
  /**
   * Lays it aside as it is, to be gone on with later by `write`. No `write` may be under way.
   *
   * @returns bytes of memory that it takes meanwhile; `undefined` where so little was written that nothing is gained.
   * Absent where a piece cannot be gone on with.
   */
  pause?(): Promise<number | undefined>;
  /** Whether enough was written for that. */
  readonly canPause?: boolean;
  /** Gives up: nothing of it is left. Harmless more than once, and after `commit`. */
  abandon(): Promise<void>;
}

/** What a client has sent of a piece, taken to where no client can change it. */
export interface TakenPiece {
  readonly kind: 'taken';
  /** Reads all of it; `undefined` when it is not there any more. */
  read(): Promise<StoredPiece | undefined>;
  /** Removes it, and what the client has sent, too, where that is of no more use. Harmless more than once. */
  leave(sent: 'keep' | 'remove'): Promise<void>;
}

/** What was found of what a client has sent. */
export type FoundSent =
  | TakenPiece
  | { readonly kind: 'nothing' }
  /** It had another size, and is removed. */
  | { readonly kind: 'otherSize'; readonly sizeBytes: number | undefined };

/** What clients send to a place, and get from it, themselves: whole pieces that are stored as they are. */
export interface PieceDirect {
  /** Why it can make no requests for others; `undefined` where it can. */
  readonly refusal: DirectRefusal | undefined;
  /** The most that one request can bring, bytes. */
  readonly sizeBytesMax: number;
  /** A request by which a client sends a piece of so many bytes. */
  offer(piece: Key, sizeBytes: number, lifeSeconds: number): Promise<DirectRequest>;
  /** Takes what was sent of a piece of so many bytes. */
  take(piece: Key, sizeBytes: number): Promise<FoundSent>;
  /** A request by which a client reads a piece; `undefined` when it is not there, or is known to have another size. */
  read(
    piece: Key,
    sizeBytes: number | undefined,
    reading: DirectReading,
  ): Promise<DirectRequest | undefined>;
}
