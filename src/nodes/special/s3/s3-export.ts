import { nativeMd5 } from '../../../repository/index.ts';
import type { Key } from '../../../key/index.ts';
import { exportObjectPath } from '../export/export-paths.ts';
import type { ExportDeposit, ExportedFile, ExportStore } from '../export/export-store.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import type { S3Objects } from './s3-objects.ts';

/**
 * `type=S3` with exporttree=yes: a file is the object `<fileprefix>PATH` (spec/special-remotes.md section 5.1). What
 * has another name is copied by the server, and then removed under the one before.
 */
export class S3Export implements ExportStore {
  readonly #objects: S3Objects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  look(path: string): Promise<FoundPiece | undefined> {
    return this.#objects.look(path);
  }

  get(path: string, _key: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return this.#objects.get(path, fromByte);
  }

  /** What is large is sent before it is known where it goes: to where a content always may be. */
  async put({ key, sizeBytes }: ExportedFile): Promise<ExportDeposit> {
    const object = exportObjectPath(key, nativeMd5);
    const deposit = await this.#objects.put(object, sizeBytes);
    return {
      write: (bytes) => deposit.write(bytes),
      commit: async (path) => {
        const isThere = await deposit.commitAs(this.#objects.nameOf(path));
        if (!isThere && path !== object) await this.rename(object, path);
      },
      abandon: () => deposit.abandon(),
    };
  }

  remove(path: string): Promise<void> {
    return this.#objects.remove(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#objects.copy(from, to);
    await this.#objects.remove(from);
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
