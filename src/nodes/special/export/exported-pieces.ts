import { serializeKey, type Key } from '../../../key/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import { BallastError } from '../../../units/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import { pieceSizeBytes } from '../pieces/piece-size.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import { exportObjectPath } from './export-paths.ts';
import type { ExportPlaces, ExportStore } from './export-store.ts';

/**
 * The contents of a remote that trees are exported to (spec/special-remotes.md section 8.3): each is looked for
 * below `.git/annex/objects/`, then at its places in the exported tree. It is always stored below
 * `.git/annex/objects/`, whence an export takes it to its places; and one that is in the tree is not removed.
 */
export class ExportedPieces implements PieceStore {
  readonly #store: ExportStore;
  readonly #places: ExportPlaces;

  constructor(store: ExportStore, places: ExportPlaces) {
    this.#store = store;
    this.#places = places;
  }

  /** What is known of the first file that has the size of the piece; where none has, of the first one. */
  async look(piece: Key): Promise<FoundPiece | undefined> {
    let other: FoundPiece | undefined;
    for (const path of await this.#pathsOf(piece)) {
      const found = await this.#store.look(path, piece);
      if (found !== undefined && hasSize(found, piece)) return found;
      other ??= found;
    }
    return other;
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    let other: StoredPiece | undefined;
    try {
      for (const path of await this.#pathsOf(piece)) {
        const got = await this.#store.get(path, piece, fromByte);
        if (got === undefined) continue;
        if (hasSize(got, piece)) {
          await other?.stream.close();
          return got;
        }
        if (other === undefined) other = got;
        else await got.stream.close();
      }
    } catch (error) {
      await other?.stream.close();
      throw error;
    }
    return other;
  }

  async put(piece: Key, { sizeBytes, source }: PiecePutOptions): Promise<PieceDeposit> {
    const deposit = await this.#store.put({ key: piece, sizeBytes, source });
    return {
      write: (bytes) => deposit.write(bytes),
      // Only what has the lock of the export puts something into the tree: it can be another one by now.
      commit: () => deposit.commit(objectPath(piece)),
      abandon: () => deposit.abandon(),
    };
  }

  /** @throws KEY_EXPORTED for what the exported tree has. */
  async remove(piece: Key): Promise<void> {
    const places = await this.#places.of(piece);
    if (places.length > 0) {
      const found = await this.look(piece);
      if (found !== undefined && hasSize(found, piece)) throw keyExported(piece, places);
    }
    await this.#store.remove(objectPath(piece), piece);
  }

  probe(kind: ProbeKind): Promise<void> {
    return this.#store.probe(kind);
  }

  async clear(): Promise<void> {
    await this.#store.clear?.();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #pathsOf(piece: Key): Promise<readonly string[]> {
    const object = objectPath(piece);
    const places = await this.#places.of(piece);
    // What an export takes off its place meanwhile is found at the second look.
    return places.length === 0 ? [object] : [object, ...places, object];
  }
}

function objectPath(piece: Key): string {
  return exportObjectPath(piece, nativeMd5);
}

function hasSize({ sizeBytes }: FoundPiece, piece: Key): boolean {
  const expected = pieceSizeBytes(piece);
  return sizeBytes === undefined || expected === undefined || sizeBytes === expected;
}

/** A content that is a file of an exported tree goes only when another tree is exported. */
function keyExported(key: Key, [first = '', ...more]: readonly string[]): BallastError {
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  return new BallastError(
    'KEY_EXPORTED',
    `${serializeKey(key)} is in the exported tree, as ${first}${others}: ` +
      'it is removed by exporting a tree without it',
  );
}
