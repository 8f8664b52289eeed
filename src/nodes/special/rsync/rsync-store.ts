import { hashDirectoryLower, hashDirectoryMixed, keyFile, type Key } from '../../../key/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import type { ProbeKind } from '../../storage-node.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import { fetchedFile, type FetchParts } from './fetched-stream.ts';
import { Lookups } from './lookups.ts';
import { RsyncDeposit } from './rsync-deposit.ts';
import type { RsyncDirectory } from './rsync.ts';

/** What an rsync remote is made of. */
export interface RsyncStoreParts extends FetchParts {
  /** Whether pieces are encrypted. */
  readonly isSealed: boolean;
}

/**
 * `type=rsync`: a piece is the file `LOWER/KEYFILE/KEYFILE` (spec/special-remotes.md section 6.1), or, from old
 * times, under MIXED. A file shows when all of it is there. The remote's own directory has to be there: what is
 * not in it is known to be absent only then.
 */
export class RsyncStore implements PieceStore {
  readonly #parts: RsyncStoreParts;
  readonly #lookups: Lookups;

  constructor(parts: RsyncStoreParts) {
    this.#parts = parts;
    this.#lookups = new Lookups((paths) => parts.rsync.list(paths));
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    return await this.#find(piece);
  }

  async #find(
    piece: Key,
  ): Promise<{ readonly place: RsyncDirectory; readonly sizeBytes: number } | undefined> {
    const places = placesOf(piece);
    const found = await this.#lookups.ask(places.map((place) => fileIn(place)));
    for (const place of places) {
      const listed = found.get(fileIn(place));
      if (listed?.isFile === true) return { place, sizeBytes: listed.sizeBytes };
    }
    return undefined;
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const found = await this.#find(piece);
    if (found === undefined) return undefined;
    const { place, sizeBytes } = found;
    const asked = { path: fileIn(place), sizeBytes, fromByte };
    return { sizeBytes, stream: await fetchedFile(piece, asked, this.#parts) };
  }

  async put(piece: Key, options: PiecePutOptions): Promise<PieceDeposit> {
    const { rsync, files, isSealed } = this.#parts;
    const held = await files.grow(piece, options);
    // git-annex sends the very file of a whole content, which is write protected, and makes others for the rest.
    const isContent = !isSealed && piece.chunkNumber === undefined;
    const deposit = new RsyncDeposit(held, isContent ? 0o444 : 0o644);
    return {
      write: (bytes) => deposit.write(bytes),
      commit: () => deposit.commit((running) => rsync.store(held.directory, running)),
      abandon: () => deposit.abandon(),
    };
  }

  async remove(piece: Key): Promise<void> {
    const { rsync, files } = this.#parts;
    const places = placesOf(piece);
    // rsync would make the remote's own directory where it is not.
    const before = await this.#lookups.ask(places.map((place) => directoryOf(place)));
    if (!places.some((place) => before.has(directoryOf(place)))) return;
    const empty = await files.directory();
    try {
      await rsync.remove(places, empty.path);
    } finally {
      await empty.end();
    }
    const after = await this.#lookups.ask(places.map((place) => fileIn(place)));
    const isThere = places.some((place) => after.has(fileIn(place)));
    if (isThere) throw new Error('rsync removed it, and it is still there');
  }

  async probe(kind: ProbeKind): Promise<void> {
    const { rsync, files } = this.#parts;
    await this.#lookups.ask([]);
    if (kind === 'question') return;
    const empty = await files.directory();
    try {
      await rsync.sendNothing(empty.path);
    } finally {
      await empty.end();
    }
  }

  async clear(): Promise<void> {
    await this.#parts.files.clear();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Where a piece may be: the place it is stored at, first. */
function placesOf(piece: Key): readonly [RsyncDirectory, RsyncDirectory] {
  const name = keyFile(piece);
  const place = (hashDirectory: string): RsyncDirectory => {
    const [outer = '', inner = ''] = hashDirectory.split('/');
    return { outer, inner, name };
  };
  return [place(hashDirectoryLower(piece, nativeMd5)), place(hashDirectoryMixed(piece, nativeMd5))];
}

function directoryOf({ outer, inner, name }: RsyncDirectory): string {
  return `${outer}/${inner}/${name}`;
}

function fileIn(place: RsyncDirectory): string {
  return `${directoryOf(place)}/${place.name}`;
}
