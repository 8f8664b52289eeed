import type { Clock } from '../../../clock/index.ts';
import type { Key } from '../../../key/index.ts';
import { streamOf } from '../../../stream/index.ts';
import { encodeText } from '../../../units/index.ts';
import type { ExportDeposit, ExportedFile, ExportStore } from '../export/export-store.ts';
import { encodedName } from '../http/web-answer.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import type { DavClient } from './dav-client.ts';
import { DavFiles, type DavPlace } from './dav-files.ts';

/** Where files grow: no file of a tree can be there. */
const growing = ['.git', '.git/annex', '.git/annex/tmp'] as const;

/**
 * `type=webdav` with exporttree=yes: files are at their paths below the url of a server (spec/special-remotes.md
 * section 6.2). They grow under other names, and the server moves them.
 */
export class DavExport implements ExportStore {
  readonly #files: DavFiles;

  constructor(client: DavClient, clock: Pick<Clock, 'uuid' | 'wallMs'>) {
    this.#files = new DavFiles({ client, clock, growing });
  }

  async look(path: string): Promise<FoundPiece | undefined> {
    const { file, isBlocked } = await this.#find(path);
    if (file === undefined && !isBlocked) await this.#files.assertBase();
    return file;
  }

  async isBlocked(path: string): Promise<boolean> {
    return (await this.#find(path)).isBlocked;
  }

  /** Servers answer in many ways to who asks for what is below a file: whatever is above it is looked at first. */
  async #find(path: string): Promise<{ readonly file?: FoundPiece; readonly isBlocked: boolean }> {
    const { file: name, collections } = placeOf(path);
    for (const one of collections) {
      const above = await this.#files.look(one);
      if (above?.isCollection !== true) return { isBlocked: above !== undefined };
    }
    const found = await this.#files.look(name);
    if (found === undefined || found.isCollection) return { isBlocked: found !== undefined };
    return { file: { sizeBytes: found.sizeBytes }, isBlocked: false };
  }

  async get(path: string, _key: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const found = await this.look(path);
    if (found === undefined) return undefined;
    const { sizeBytes } = found;
    if (sizeBytes !== undefined && fromByte >= sizeBytes) return { sizeBytes, stream: streamOf() };
    return await this.#files.get(placeOf(path).file, fromByte);
  }

  async put({ sizeBytes }: ExportedFile): Promise<ExportDeposit> {
    let to = '';
    const deposit = await this.#files.put(sizeBytes, () => placeOf(to));
    return {
      write: (bytes) => deposit.write(bytes),
      commit: async (path) => {
        await this.#assertFree(path);
        to = path;
        await deposit.commit();
      },
      abandon: () => deposit.abandon(),
    };
  }

  /** A collection would go, with all that is in it, for what is moved there. */
  async #assertFree(path: string): Promise<void> {
    if (await this.isBlocked(path)) throw new Error(`something else is in the way of ${path}`);
  }

  async remove(path: string): Promise<void> {
    if ((await this.look(path)) !== undefined) await this.#files.remove(placeOf(path).file);
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#files.removeEmpty(placeOf(path).file);
  }

  async rename(from: string, to: string): Promise<void> {
    const found = await this.look(from);
    if (found === undefined) throw new Error(`there is no file ${from}`);
    await this.#assertFree(to);
    await this.#files.move(placeOf(from).file, placeOf(to), found.sizeBytes);
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

function placeOf(path: string): DavPlace {
  const names = path.split('/').map((name) => encodedName(encodeText(name)));
  const collections = names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
  return { file: names.join('/'), collections };
}
