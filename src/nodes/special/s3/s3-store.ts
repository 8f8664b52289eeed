import { serializeKey, type Key } from '../../../key/index.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import type { S3Direct } from './s3-direct.ts';
import type { S3Objects } from './s3-objects.ts';

/**
 * `type=S3`: a piece is the object `<fileprefix>KEY` of the bucket, the key as it is written and not as a file
 * is named (spec/special-remotes.md section 5).
 */
export class S3Store implements PieceStore {
  readonly canPause = true;
  readonly direct: S3Direct;
  readonly #objects: S3Objects;

  constructor(objects: S3Objects, direct: S3Direct) {
    this.#objects = objects;
    this.direct = direct;
  }

  look(piece: Key): Promise<FoundPiece | undefined> {
    return this.#objects.look(serializeKey(piece));
  }

  get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return this.#objects.get(serializeKey(piece), fromByte);
  }

  async put(piece: Key, { sizeBytes, taken }: PiecePutOptions): Promise<PieceDeposit> {
    const deposit = this.direct.deposit(taken, piece);
    return deposit ?? (await this.#objects.put(serializeKey(piece), sizeBytes));
  }

  remove(piece: Key): Promise<void> {
    return this.#objects.remove(serializeKey(piece));
  }

  probe(): Promise<void> {
    return this.#objects.probe();
  }

  async clear(): Promise<void> {
    await this.#objects.clear();
    await this.direct.clear();
  }

  close(): Promise<void> {
    return this.#objects.close();
  }
}
