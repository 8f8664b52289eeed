import { contentSizeBytes, namesItsContent, type Key } from '../../../key/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type {
  DirectAccess,
  DirectFound,
  DirectReading,
  DirectRefusal,
  DirectRefused,
  DirectRequest,
  TakenContent,
} from '../../direct-access.ts';
import type { PieceDirect, PieceStore, TakenPiece } from '../pieces/piece-store.ts';
import type { SealedPieces } from './sealed-pieces.ts';

/** What a special remote is, as far as it decides what clients may do there. */
interface DirectParts {
  readonly store: Pick<PieceStore, 'direct'>;
  readonly pieces: Pick<SealedPieces, 'isPlain'>;
  readonly exported?: object | undefined;
  readonly chunkBytes: bigint | undefined;
  readonly readOnly: string | undefined;
}

/** Asks a place, whose trouble is that of its node. */
type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** What clients send to a special remote themselves: contents that are stored there in one piece, as they are. */
export class DirectContents implements DirectAccess {
  readonly #store: PieceDirect | undefined;
  readonly #ask: Ask;
  readonly refusal: DirectRefusal | undefined;
  /** Why it gives nothing to clients itself. */
  readonly #readRefusal: DirectRefusal | undefined;
  /** What was taken here, as the store has it. */
  readonly #taken = new WeakMap<TakenContent, TakenPiece>();

  constructor(parts: DirectParts, ask: Ask) {
    this.#store = parts.store.direct;
    this.#ask = ask;
    this.#readRefusal = readRefusalOf(parts);
    this.refusal = this.#readRefusal ?? (parts.readOnly === undefined ? undefined : 'readOnly');
  }

  async offer(key: Key, lifeSeconds: number): Promise<DirectRequest | DirectRefused> {
    const store = this.#store;
    const sizeBytes = contentSizeBytes(key);
    const refused = (reason: DirectRefusal): DirectRefused => ({ kind: 'refused', reason });
    if (store === undefined) return refused('notS3');
    if (this.refusal !== undefined) return refused(this.refusal);
    if (sizeBytes === undefined) return refused('sizeUnknown');
    if (!namesItsContent(key)) return refused('noHash');
    if (sizeBytes > store.sizeBytesMax) return refused('tooLarge');
    return await this.#ask(() => store.offer(key, sizeBytes, lifeSeconds));
  }

  async take(key: Key): Promise<DirectFound> {
    const store = this.#store;
    const sizeBytes = contentSizeBytes(key);
    const isTaken = this.refusal === undefined && sizeBytes !== undefined && namesItsContent(key);
    if (store === undefined || !isTaken) return { kind: 'nothing' };
    const found = await this.#ask(() => store.take(key, sizeBytes));
    if (found.kind !== 'taken') return found;
    const taken: TakenContent = {
      kind: 'taken',
      read: () => this.#ask(() => streamOf(found)),
      leave: (sent) => this.#ask(() => found.leave(sent)),
    };
    this.#taken.set(taken, found);
    return taken;
  }

  /** What was taken here, as the store has it; `undefined` for what was not. */
  own(taken: TakenContent | undefined): TakenPiece | undefined {
    return taken && this.#taken.get(taken);
  }

  async read(key: Key, reading: DirectReading): Promise<DirectRequest | undefined> {
    const store = this.#store;
    if (store === undefined || this.#readRefusal !== undefined) return undefined;
    return await this.#ask(() => store.read(key, contentSizeBytes(key), reading));
  }
}

function readRefusalOf(parts: DirectParts): DirectRefusal | undefined {
  if (parts.exported !== undefined) return 'exportedTree';
  if (parts.store.direct === undefined) return 'notS3';
  if (!parts.pieces.isPlain) return 'encrypted';
  if (parts.chunkBytes !== undefined) return 'chunked';
  return parts.store.direct.refusal;
}

async function streamOf(taken: TakenPiece): Promise<ByteStream> {
  const piece = await taken.read();
  if (piece !== undefined) return piece.stream;
  throw new Error('what was sent is not there any more');
}
