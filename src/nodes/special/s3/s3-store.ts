import { serializeKey, type Key } from '../../../key/index.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import type { S3Objects } from './s3-objects.ts';

/**
 * `type=S3`: a piece is the object `<fileprefix>KEY` of the bucket, the key as it is written and not as a file
 * is named (spec/special-remotes.md section 5).
 */
export class S3Store implements PieceStore {
  readonly canPause = true;
  readonly #objects: S3Objects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  look(piece: Key): Promise<FoundPiece | undefined> {
    return this.#objects.look(serializeKey(piece));
  }

  get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return this.#objects.get(serializeKey(piece), fromByte);
  }

  put(piece: Key, { sizeBytes }: PiecePutOptions): Promise<PieceDeposit> {
    return this.#objects.put(serializeKey(piece), sizeBytes);
  }

  remove(piece: Key): Promise<void> {
    return this.#objects.remove(serializeKey(piece));
  }

  probe(): Promise<void> {
    return this.#objects.probe();
  }

  clear(): Promise<void> {
    return this.#objects.clear();
  }

  close(): Promise<void> {
    return this.#objects.close();
  }
}
