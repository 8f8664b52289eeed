import { makeVerifier, namesItsContent, serializeKey, type Key } from '../../key/index.ts';
import {
  blobKey,
  exportObjectPath,
  exportTemporaryPath,
  loadNativeHasher,
  type ExportStore,
  type StorageNode,
} from '../../nodes/index.ts';
import { nativeMd5, type FileOfTree, type Trees } from '../../repository/index.ts';
import { exportKeyOf } from './exported-trees.ts';
import type { Leaving } from './export-plan.ts';

/** A remote that trees are exported to, and what else its files may come from. */
export interface ExportRemoteParts {
  readonly store: ExportStore;
  readonly trees: Pick<Trees, 'blob'>;
  /** Other places that may have a content: the gateway's own repository first. */
  readonly sources: (key: Key) => AsyncIterable<StorageNode>;
  /** Has an act on a key at the remote have its turn. */
  readonly inTurn: <T>(key: Key, act: () => Promise<T>) => Promise<T>;
  /** Logs that the remote has a key, if it is not logged yet. */
  readonly held: (key: Key) => Promise<void>;
  /** Ends it: no other change is begun, and what is being copied is given up. */
  readonly signal: AbortSignal;
}

/** What became of one path. */
export type PathOutcome = 'there' | 'stored' | 'missing' | 'foreign';

/** The single steps of an export: what is done about one path. */
export class ExportRemote {
  readonly #parts: ExportRemoteParts;

  constructor(parts: ExportRemoteParts) {
    this.#parts = parts;
  }

  /**
   * Takes a content off its path: one of a key is kept below `.git/annex/objects/`, so that it is there under one
   * name or the other at any time; a file that is not annexed is removed. What is not what earlier trees had there
   * is left alone.
   */
  async takeOff(leaving: Leaving): Promise<'gone' | 'foreign'> {
    const { store, signal } = this.#parts;
    const { path, olds } = leaving;
    signal.throwIfAborted();
    for (const { key } of olds) if (key !== undefined) await this.#takeOffTemporary(key);
    if ((await store.look(path)) === undefined) return 'gone';
    const found = await this.#foundAt(leaving);
    if (found === 'next') return 'gone';
    if (found === undefined) return 'foreign';
    const { key } = found;
    if (key === undefined) await store.remove(path);
    else await this.#inTurn(key, () => this.#keep(key, path));
    return 'gone';
  }

  /** What a crash of another program has left on its way is kept as well (spec/special-remotes.md section 8.2). */
  async #takeOffTemporary(key: Key): Promise<void> {
    const path = exportTemporaryPath(key);
    if (await this.#isRight(path, key)) await this.#inTurn(key, () => this.#keep(key, path));
  }

  async #keep(key: Key, path: string): Promise<void> {
    const { store } = this.#parts;
    const object = exportObjectPath(key, nativeMd5);
    if (await this.#isRight(object, key)) await store.remove(path);
    else await store.rename(path, object);
  }

  /** Which of the files that may be at a path is there. */
  async #foundAt({ path, olds, next, isSure }: Leaving): Promise<FileOfTree | 'next' | undefined> {
    const [only] = olds;
    if (isSure && only !== undefined) return (await this.#fits(path, only)) ? only : undefined;
    if (next !== undefined && (await this.#isContent(path, next))) return 'next';
    for (const old of olds) if (await this.#isContent(path, old)) return old;
    return undefined;
  }

  /** Whether a file has the size of one of a tree. */
  async #fits(path: string, file: FileOfTree): Promise<boolean> {
    const found = await this.#parts.store.look(path);
    if (found === undefined) return false;
    const size = await this.#sizeOf(file);
    return found.sizeBytes === undefined || size === undefined || found.sizeBytes === size;
  }

  async #sizeOf({ key, sha, blobBytes }: FileOfTree): Promise<number | undefined> {
    if (key === undefined) return blobBytes ?? (await this.#parts.trees.blob(sha)).length;
    return key.sizeBytes === undefined ? undefined : Number(key.sizeBytes);
  }

  /** Whether a file is one of a tree, by its bytes as far as the key tells them. */
  async #isContent(path: string, file: FileOfTree): Promise<boolean> {
    if (!(await this.#fits(path, file))) return false;
    const { store, trees } = this.#parts;
    const got = await store.get(path, exportKeyOf(file), 0);
    if (got === undefined) return false;
    try {
      if (file.key === undefined) {
        const bytes: Uint8Array[] = [];
        for await (const piece of got.stream) bytes.push(Buffer.from(piece));
        return Buffer.concat(bytes).equals(await trees.blob(file.sha));
      }
      const verifier = await verifierOf(file.key);
      for await (const piece of got.stream) verifier?.update(piece);
      return verifier?.matches() !== false;
    } finally {
      await got.stream.close();
    }
  }

  async #isRight(path: string, key: Key): Promise<boolean> {
    const found = await this.#parts.store.look(path);
    if (found === undefined) return false;
    const { sizeBytes } = found;
    return (
      sizeBytes === undefined || key.sizeBytes === undefined || sizeBytes === Number(key.sizeBytes)
    );
  }

  /**
   * Has a path have its content, wherever that is found: below `.git/annex/objects/` of the remote, at another of
   * its paths, here, or at another node.
   *
   * @param others further paths of the same content.
   */
  async fill(file: FileOfTree, others: readonly string[]): Promise<PathOutcome> {
    const { store, held, signal } = this.#parts;
    const { key, path } = file;
    signal.throwIfAborted();
    if ((await store.look(path)) !== undefined) {
      if (!(await this.#fits(path, file))) return 'foreign';
      if (key !== undefined) await held(key);
      return 'there';
    }
    return key === undefined ? await this.#storeBlob(file) : await this.fillKey(key, path, others);
  }

  /** Has a path that has nothing yet have the content of a key. */
  async fillKey(key: Key, path: string, others: readonly string[]): Promise<PathOutcome> {
    const { store, held } = this.#parts;
    return await this.#inTurn(key, async () => {
      // Somebody may have brought it while its turn was waited for.
      if ((await store.look(path)) !== undefined) return 'there';
      const isStored = await this.#bring(key, path, others);
      if (isStored) await held(key);
      return isStored ? 'stored' : 'missing';
    });
  }

  async #storeBlob({ path, sha }: FileOfTree): Promise<PathOutcome> {
    const bytes = await this.#parts.trees.blob(sha);
    const key = blobKey(sha);
    const deposit = await this.#parts.store.put({ key, sizeBytes: bytes.length });
    try {
      if (bytes.length > 0) await deposit.write(bytes);
      await deposit.commit(path);
    } finally {
      await deposit.abandon();
    }
    return 'stored';
  }

  async #bring(key: Key, path: string, others: readonly string[]): Promise<boolean> {
    const { store, sources } = this.#parts;
    for (const from of [exportObjectPath(key, nativeMd5), exportTemporaryPath(key)]) {
      if (!(await this.#isRight(from, key))) continue;
      await store.rename(from, path);
      return true;
    }
    const failures: unknown[] = [];
    for (const from of others) {
      if (!(await this.#isRight(from, key))) continue;
      const copied = await this.#copy(key, path, () => store.get(from, key, 0), failures);
      if (copied) return true;
    }
    for await (const source of sources(key)) {
      if (await this.#copy(key, path, () => source.get(key, 0), failures)) return true;
    }
    const [first] = failures;
    if (first !== undefined) throw first;
    return false;
  }

  /** Copies a content, which shows only when all of it was right. */
  async #copy(
    key: Key,
    path: string,
    open: () => Promise<
      { readonly stream: AsyncIterable<Uint8Array> & { close(): Promise<void> } } | undefined
    >,
    failures: unknown[],
  ): Promise<boolean> {
    try {
      const got = await open();
      if (got === undefined) return false;
      const sizeBytes = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes);
      try {
        const deposit = await this.#parts.store.put({ key, sizeBytes });
        try {
          const verifier = await verifierOf(key);
          let length = 0;
          for await (const piece of got.stream) {
            this.#parts.signal.throwIfAborted();
            verifier?.update(piece);
            length += piece.length;
            await deposit.write(piece);
          }
          const isWhole = sizeBytes === undefined || length === sizeBytes;
          if (!isWhole || verifier?.matches() === false) {
            throw new Error(`what was to be copied is not the content of ${serializeKey(key)}`);
          }
          await deposit.commit(path);
          return true;
        } finally {
          await deposit.abandon();
        }
      } finally {
        await got.stream.close();
      }
    } catch (error) {
      failures.push(error);
      return false;
    }
  }

  #inTurn<T>(key: Key, act: () => Promise<T>): Promise<T> {
    return this.#parts.inTurn(key, act);
  }
}

/** What judges a content; `undefined` for one whose key says nothing of it. */
async function verifierOf(key: Key): Promise<ReturnType<typeof makeVerifier> | undefined> {
  return namesItsContent(key) ? makeVerifier(key, await loadNativeHasher()) : undefined;
}
