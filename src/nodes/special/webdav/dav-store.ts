import type { Clock } from '../../../clock/index.ts';
import { hashDirectoryLower, keyFile, type Key } from '../../../key/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import { encodeText } from '../../../units/index.ts';
import { encodedName } from '../http/web-answer.ts';
import type {
  FoundPiece,
  PieceDeposit,
  PiecePutOptions,
  PieceStore,
  StoredPiece,
} from '../pieces/piece-store.ts';
import type { DavClient } from './dav-client.ts';
import { DavFiles, type DavPlace } from './dav-files.ts';

/** Below the url: where pieces grow. git-annex has its own beside it, of names that begin like this one. */
const temporaries = 'git-annex-webdav-tmp-ballast';

/**
 * `type=webdav`: a piece is the file `LOWER/KEYFILE/KEYFILE` below the url of a server (spec/special-remotes.md
 * section 6.2). It grows under another name, and is moved to its place when all of it is there.
 */
export class DavStore implements PieceStore {
  readonly #files: DavFiles;

  constructor(client: DavClient, clock: Pick<Clock, 'uuid' | 'wallMs'>) {
    this.#files = new DavFiles({ client, clock, growing: [temporaries] });
  }

  look(piece: Key): Promise<FoundPiece | undefined> {
    return this.#files.find(placeOf(piece).file);
  }

  get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return this.#files.get(placeOf(piece).file, fromByte);
  }

  put(piece: Key, { sizeBytes }: PiecePutOptions): Promise<PieceDeposit> {
    return this.#files.put(sizeBytes, () => placeOf(piece));
  }

  async remove(piece: Key): Promise<void> {
    await this.#files.remove(`${placeOf(piece).collections.at(-1) ?? ''}/`);
  }

  async probe(): Promise<void> {
    await this.#files.assertBase();
  }

  async clear(): Promise<void> {
    await this.#files.clear();
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

/** Where a piece is. */
function placeOf(piece: Key): DavPlace {
  const name = encodedName(encodeText(keyFile(piece)));
  const [first = '', second = ''] = hashDirectoryLower(piece, nativeMd5).split('/');
  const outer = `${first}/${second}`;
  return { file: `${outer}/${name}/${name}`, collections: [first, outer, `${outer}/${name}`] };
}
