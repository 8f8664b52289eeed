import { createHash } from 'node:crypto';
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
import type { Leaving } from './export-plan.ts';
import { exportKeyOf } from './exported-trees.ts';

/** A remote that trees are exported to, and what else its files may come from. */
export interface ExportRemoteParts {
  readonly store: ExportStore;
  readonly trees: Pick<Trees, 'blob'>;
  /** Other places that may have a content: the gateway's own repository first. */
  readonly sources: (key: Key) => AsyncIterable<StorageNode>;
  /** Has an act on a key at the remote have its turn. */
  readonly inTurn: <T>(key: Key, act: () => Promise<T>) => Promise<T>;
  /**
   * Logs that the remote has a key, if it is not logged yet.
   *
   * @param isRight whether what is there is that content; asked only when it would be logged.
   */
  readonly held: (key: Key, isRight: () => Promise<boolean>) => Promise<void>;
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
    this.#parts.signal.throwIfAborted();
    const keys = new Map<string, Key>();
    for (const { key } of leaving.olds) if (key !== undefined) keys.set(serializeKey(key), key);
    // In one order, so that two who want the turns of the same keys do not wait for each other.
    const sorted = [...keys].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key);
    return await this.#inTurns(sorted, () => this.#takeOffInTurn(leaving, sorted));
  }

  /** Removes a directory that no file of a tree is in any more, where it does not go by itself. */
  async removeDirectory(path: string): Promise<void> {
    await this.#parts.store.removeDirectory?.(path);
  }

  async #takeOffInTurn(leaving: Leaving, keys: readonly Key[]): Promise<'gone' | 'foreign'> {
    const { store, signal } = this.#parts;
    const { path } = leaving;
    signal.throwIfAborted();
    for (const key of keys) await this.#takeOffTemporary(key);
    const [first] = leaving.olds;
    if (first !== undefined && (await store.look(path, exportKeyOf(first))) === undefined)
      return 'gone';
    const found = await this.#foundAt(leaving);
    if (found === 'next') return 'gone';
    if (found === undefined) return 'foreign';
    if (found.key !== undefined) return await this.#keep(found.key, path);
    await store.remove(path, exportKeyOf(found));
    return 'gone';
  }

  async #inTurns<T>(keys: readonly Key[], act: () => Promise<T>): Promise<T> {
    const [first, ...more] = keys;
    if (first === undefined) return await act();
    return await this.#parts.inTurn(first, () => this.#inTurns(more, act));
  }

  /** What a crash of another program has left on its way is kept as well (spec/special-remotes.md section 8.2). */
  async #takeOffTemporary(key: Key): Promise<void> {
    const path = exportTemporaryPath(key);
    if (await this.#isRight(path, key)) await this.#keep(key, path);
  }

  /** Of two files of one key, each may be another one of the same size: what is right is kept. */
  async #keep(key: Key, path: string): Promise<'gone' | 'foreign'> {
    const { store } = this.#parts;
    const object = exportObjectPath(key, nativeMd5);
    if (await this.#isRight(object, key)) {
      if (!(await this.#isContentOf(key, path))) return 'foreign';
      if (await this.#isContentOf(key, object)) {
        await store.remove(path, key);
        return 'gone';
      }
    }
    await store.rename(path, object, key);
    return 'gone';
  }

  /** Which of the files that may be at a path is there. */
  async #foundAt({ path, olds, next, isSure }: Leaving): Promise<FileOfTree | 'next' | undefined> {
    const [only] = olds;
    if (isSure && only?.key !== undefined)
      return (await this.#isRight(path, only.key)) ? only : undefined;
    const all = [...(next === undefined ? [] : [next]), ...olds];
    const is = async (file: FileOfTree): Promise<boolean> => await this.#isContent(path, file);
    const found =
      (await firstOf(all.filter(tellsItsBytes), is)) ??
      // Nothing of the new tree is put anywhere before those before it are off.
      (await firstOf(
        [...olds, ...all].filter((file) => !tellsItsBytes(file)),
        is,
      ));
    return found !== undefined && found === next ? 'next' : found;
  }

  /** Whether a file is one of a tree, by its bytes as far as the key tells them. */
  async #isContent(path: string, file: FileOfTree): Promise<boolean> {
    const { key } = file;
    return key === undefined ? await this.#isBlob(file, path) : await this.#isContentOf(key, path);
  }

  async #isContentOf(key: Key, path: string): Promise<boolean> {
    if (!(await this.#isRight(path, key))) return false;
    const verifier = await verifierOf(key);
    if (verifier === undefined) return true;
    const got = await this.#parts.store.get(path, key, 0);
    if (got === undefined) return false;
    await eachOf(got.stream, (piece) => verifier.update(piece));
    return verifier.matches();
  }

  async #isBlob({ sha, blobBytes }: FileOfTree, path: string): Promise<boolean> {
    const got = await this.#parts.store.get(path, blobKey(sha), 0);
    if (got === undefined) return false;
    if (got.sizeBytes !== undefined && got.sizeBytes !== blobBytes) {
      await got.stream.close();
      return false;
    }
    // As git names a blob: by SHA-1, or in newer repositories by SHA-256.
    const hash = createHash(sha.length === 40 ? 'sha1' : 'sha256').update(`blob ${blobBytes}\0`);
    await eachOf(got.stream, (piece) => hash.update(piece));
    return hash.digest('hex') === sha;
  }

  async #isRight(path: string, key: Key): Promise<boolean> {
    const found = await this.#parts.store.look(path, key);
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
    if ((await store.look(path, exportKeyOf(file))) !== undefined) {
      if (key === undefined) return (await this.#isContent(path, file)) ? 'there' : 'foreign';
      if (!(await this.#isRight(path, key))) return 'foreign';
      let isForeign = false;
      await held(key, async () => {
        isForeign = !(await this.#isContentOf(key, path));
        return !isForeign;
      });
      return isForeign ? 'foreign' : 'there';
    }
    if ((await store.isBlocked?.(path)) === true) return 'foreign';
    return key === undefined ? await this.#storeBlob(file) : await this.fillKey(key, path, others);
  }

  /** Has a path that has nothing yet have the content of a key. */
  async fillKey(key: Key, path: string, others: readonly string[]): Promise<PathOutcome> {
    const { store, held } = this.#parts;
    return await this.#parts.inTurn(key, async () => {
      // Somebody may have brought it while its turn was waited for.
      if ((await store.look(path, key)) !== undefined) return 'there';
      if ((await store.isBlocked?.(path)) === true) return 'foreign';
      const isStored = await this.#bring(key, path, others);
      if (isStored) await held(key, () => Promise.resolve(true));
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
      await store.rename(from, path, key);
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
}

/** Whether it shows by the bytes of a file that it is this one of a tree. */
function tellsItsBytes({ key }: FileOfTree): boolean {
  return key === undefined || namesItsContent(key);
}

async function firstOf<T>(
  all: readonly T[],
  is: (one: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const one of all) if (await is(one)) return one;
  return undefined;
}

/** Hands over all of a stream, which is closed then. */
async function eachOf(
  stream: AsyncIterable<Uint8Array> & { close(): Promise<void> },
  take: (piece: Uint8Array) => unknown,
): Promise<void> {
  try {
    for await (const piece of stream) take(piece);
  } finally {
    await stream.close();
  }
}

/** What judges a content; `undefined` for one whose key says nothing of it. */
async function verifierOf(key: Key): Promise<ReturnType<typeof makeVerifier> | undefined> {
  return namesItsContent(key) ? makeVerifier(key, await loadNativeHasher()) : undefined;
}
