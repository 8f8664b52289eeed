import { makeVerifier, namesItsContent, serializeKey, type Key } from '../../../key/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import { BallastError } from '../../../units/index.ts';
import { loadNativeHasher } from '../../native-hasher.ts';
import { exportObjectPath } from '../export/export-paths.ts';
import type { ExportDeposit, ExportedFile, ExportStore } from '../export/export-store.ts';
import type { PassingFiles } from '../files/passing-files.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import { emptyKey, ExternalStore } from './external-store.ts';
import type { ProgramPool } from './program-pool.ts';
import {
  aboutExport,
  askExports,
  removeExportDirectory,
  renameExport,
  type ProgramRequest,
} from './requests.ts';

/** What an {@link ExternalExport} works with. */
export interface ExternalExportParts {
  readonly programs: ProgramPool;
  readonly files: PassingFiles;
}

/**
 * `type=external` with exporttree=yes: a program keeps files by their paths, in a place that it alone knows
 * (spec/special-remotes.md section 7.4). What else is there it does not tell, nor what sizes files have.
 */
export class ExternalExport implements ExportStore {
  readonly #programs: ProgramPool;
  readonly #files: PassingFiles;
  /** Until it says that it gives no file another path. */
  #isRenaming = true;

  private constructor({ programs, files }: ExternalExportParts) {
    this.#programs = programs;
    this.#files = files;
  }

  /** @throws Error when the program cannot be started, or keeps nothing by its path. */
  static async open(parts: ExternalExportParts): Promise<ExternalExport> {
    try {
      if ((await parts.programs.ask(askExports)) === 'supported') return new ExternalExport(parts);
    } catch (error) {
      await parts.programs.close();
      throw error;
    }
    await parts.programs.close();
    throw new Error('it has exporttree=yes, and its program says that it does not support exports');
  }

  async look(path: string, key: Key): Promise<FoundPiece | undefined> {
    return isSayable(path) ? await this.#at(path).look(key) : undefined;
  }

  async get(path: string, key: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return isSayable(path) ? await this.#at(path).get(key, fromByte) : undefined;
  }

  async put({ key, sizeBytes, source }: ExportedFile): Promise<ExportDeposit> {
    let to = '';
    const deposit = await this.#storeAt(() => to).put(key, { sizeBytes, source });
    return {
      write: (bytes) => deposit.write(bytes),
      commit: async (path) => {
        assertSayable(path);
        to = path;
        await deposit.commit();
      },
      abandon: () => deposit.abandon(),
    };
  }

  async remove(path: string, key: Key): Promise<void> {
    if (isSayable(path)) await this.#at(path).remove(key);
  }

  async removeDirectory(path: string): Promise<void> {
    if (isSayable(path)) await this.#programs.ask(removeExportDirectory(path));
  }

  async rename(from: string, to: string, key: Key): Promise<void> {
    for (const path of [from, to]) assertSayable(path);
    if ((await this.look(from, key)) === undefined) throw new Error(`there is no file ${from}`);
    const isRenamed = this.#isRenaming && (await this.#isRenamed(key, { from, to }));
    if (isRenamed) return;
    await this.#copy(from, to, key);
    await this.remove(from, key);
  }

  async #isRenamed(
    key: Key,
    paths: { readonly from: string; readonly to: string },
  ): Promise<boolean> {
    const outcome = await this.#programs.ask(renameExport(key, paths));
    if (outcome === 'unsupported') this.#isRenaming = false;
    return outcome === 'renamed';
  }

  /** The only copy may be this one: what is to be removed afterwards is judged. */
  async #copy(from: string, to: string, key: Key): Promise<void> {
    const got = await this.get(from, key, 0);
    if (got === undefined) throw new Error(`there is no file ${from}`);
    try {
      const verifier = namesItsContent(key)
        ? makeVerifier(key, await loadNativeHasher())
        : undefined;
      const deposit = await this.put({ key, sizeBytes: got.sizeBytes });
      try {
        for await (const piece of got.stream) {
          verifier?.update(piece);
          await deposit.write(piece);
        }
        if (verifier?.matches() === false) {
          throw new Error(`${from} is not the content of ${serializeKey(key)}`);
        }
        await deposit.commit(to);
      } finally {
        await deposit.abandon();
      }
    } finally {
      await got.stream.close();
    }
  }

  async probe(): Promise<void> {
    if (emptyKey !== undefined) await this.look(exportObjectPath(emptyKey, nativeMd5), emptyKey);
  }

  async clear(): Promise<void> {
    await this.#files.clear();
  }

  async close(): Promise<void> {
    await this.#programs.close();
  }

  #at(path: string): ExternalStore {
    return this.#storeAt(() => path);
  }

  /** What keeps contents by their keys, with whatever is said about them said about a path. */
  #storeAt(path: () => string): ExternalStore {
    const ask = <T>(request: ProgramRequest<T>): Promise<T> =>
      this.#programs.ask(aboutExport(request, path()));
    return new ExternalStore({
      programs: {
        ask,
        order: () => this.#programs.order(),
        close: () => this.#programs.close(),
      },
      files: this.#files,
      isSealed: false,
    });
  }
}

/** Whether a path can be named in a line of a program. */
function isSayable(path: string): boolean {
  return !/[\r\n\0]/.test(path);
}

function assertSayable(path: string): void {
  if (isSayable(path)) return;
  const why = 'programs of special remotes take no path that has a line break in it';
  throw new BallastError('KEY_NOT_STORABLE', why);
}
