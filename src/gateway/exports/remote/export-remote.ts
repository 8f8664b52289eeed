import { serializeKey, type Key } from '../../../key/index.ts';
import {
  blobKey,
  exportObjectPath,
  exportTemporaryPath,
  type ExportDeposit,
  type ExportStore,
} from '../../../nodes/index.ts';
import { nativeMd5, type FileOfTree, type Trees } from '../../../repository/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type { Leaving } from '../export-plan.ts';
import { exportKeyOf } from '../exported-trees.ts';
import { FileJudge, verifierOf } from './file-judge.ts';

/** What may have a content that is to be exported. */
export interface ExportSource {
  /** All of the content; `undefined` where it is not. */
  get(key: Key): Promise<{ readonly stream: ByteStream } | undefined>;
}

/** A remote that trees are exported to, and what else its files may come from. */
export interface ExportRemoteParts {
  readonly store: ExportStore;
  readonly trees: Pick<Trees, 'blob'>;
  /** Other places that may have a content: the gateway's own repository first. */
  readonly sources: (key: Key) => AsyncIterable<ExportSource>;
  /** Has an act on a key at the remote have its turn. */
  readonly inTurn: <T>(key: Key, act: () => Promise<T>) => Promise<T>;
  /**
   * Logs that the remote has a key, if it is not logged yet.
   *
   * @param isRight whether what is there is that content; asked only when it would be logged.
   */
  readonly held: (key: Key, isRight: () => Promise<boolean>) => Promise<void>;
  /** Logs that the remote has a key no more, if it is logged to have it and has not; whether that was so. */
  readonly corrected: (key: Key) => Promise<boolean>;
  /** Why nothing else can be asked of the remote now; `undefined` while it answers. */
  readonly silent: () => Error | undefined;
  /** Ends it: no other change is begun, and what is being copied is given up. */
  readonly signal: AbortSignal;
}

/** What became of one path. */
export type PathOutcome = 'there' | 'stored' | 'missing' | 'foreign';

/** What became of a path that was to be cleared: `absent` where nothing was. */
export type ClearOutcome = 'gone' | 'absent' | 'foreign';

/** What is at a path, as it was judged. */
interface Judged {
  readonly sizeBytes: number | undefined;
  readonly found: FileOfTree | 'next' | undefined;
  /** Whether the content is below `.git/annex/objects/` as well; `undefined` where nothing of its size is. */
  readonly isKept: boolean | undefined;
}

/**
 * The single steps of an export: what is done about one path. The turn of a key is taken for what moves its content
 * or puts it somewhere, not for reading and copying, which may take as long as a content is large.
 */
export class ExportRemote {
  readonly #parts: ExportRemoteParts;
  readonly #judge: FileJudge;

  constructor(parts: ExportRemoteParts) {
    this.#parts = parts;
    this.#judge = new FileJudge(parts.store);
  }

  /** @throws what ends the export: the reason of its signal, or that the remote does not answer. */
  assertGoesOn(): void {
    this.#parts.signal.throwIfAborted();
    const silent = this.#parts.silent();
    if (silent !== undefined) throw silent;
  }

  /**
   * Has the location log say no more that a key is at the remote, if it is there under no name.
   *
   * @returns whether the log said so.
   */
  corrected(key: Key): Promise<boolean> {
    return this.#parts.corrected(key);
  }

  /**
   * Takes a content off its path: one of a key is kept below `.git/annex/objects/`, so that it is there under one
   * name or the other at any time; a file that is not annexed is removed. What is not what earlier trees had there,
   * by all of its bytes where these are known, is left alone.
   */
  async takeOff(leaving: Leaving): Promise<ClearOutcome> {
    this.assertGoesOn();
    const keys = new Map<string, Key>();
    for (const { key } of leaving.olds) if (key !== undefined) keys.set(serializeKey(key), key);
    // In one order, so that two who want the turns of the same keys do not wait for each other.
    const sorted = [...keys].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key);
    const before = await this.#judged(leaving);
    return await this.#inTurns(sorted, () => this.#takeOffInTurn(leaving, sorted, before));
  }

  /** Removes a directory that no file of a tree is in any more, where it does not go by itself. */
  async removeDirectory(path: string): Promise<void> {
    this.assertGoesOn();
    await this.#parts.store.removeDirectory?.(path);
  }

  async #judged(leaving: Leaving): Promise<Judged | undefined> {
    const there = await this.#lookAt(leaving);
    if (there === undefined) return undefined;
    const found = await this.#judge.whichAt(leaving);
    const key = found === 'next' ? undefined : found?.key;
    const isKept = key && (await this.#isKept(key));
    return { sizeBytes: there.sizeBytes, found, isKept };
  }

  /** By any of its keys: a place may know no file by a key that it cannot be told. */
  async #lookAt({ path, olds }: Leaving): ReturnType<ExportStore['look']> {
    for (const old of olds) {
      const there = await this.#parts.store.look(path, exportKeyOf(old));
      if (there !== undefined) return there;
    }
    return undefined;
  }

  async #isKept(key: Key): Promise<boolean | undefined> {
    const object = exportObjectPath(key, nativeMd5);
    if (!(await this.#judge.hasSizeOf(key, object))) return undefined;
    return await this.#judge.isContentOf(key, object);
  }

  async #takeOffInTurn(
    leaving: Leaving,
    keys: readonly Key[],
    before: Judged | undefined,
  ): Promise<ClearOutcome> {
    const { store } = this.#parts;
    const { path } = leaving;
    this.assertGoesOn();
    for (const key of keys) await this.#takeOffTemporary(key);
    const there = await this.#lookAt(leaving);
    if (there === undefined) return 'absent';
    const isAsBefore = before !== undefined && before.sizeBytes === there.sizeBytes;
    const judged = isAsBefore ? before : await this.#judged(leaving);
    if (judged?.found === 'next') return 'gone';
    if (judged?.found === undefined) return 'foreign';
    const { key } = judged.found;
    if (key === undefined) await store.remove(path, exportKeyOf(judged.found));
    else await this.#keep(key, path, judged.isKept);
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
    if (await this.#judge.isContentOf(key, path)) await this.#keep(key, path, undefined);
  }

  /**
   * Of two files of one key, the one below `.git/annex/objects/` may be another one of the same size: that at the
   * path, which was judged, takes its place then.
   */
  async #keep(key: Key, path: string, wasKept: boolean | undefined): Promise<void> {
    const { store } = this.#parts;
    const object = exportObjectPath(key, nativeMd5);
    const isThere = await this.#judge.hasSizeOf(key, object);
    if (isThere && (wasKept ?? (await this.#judge.isContentOf(key, object))))
      await store.remove(path, key);
    else await store.rename(path, object, key);
  }

  /**
   * Has a path have its content, wherever that is found: below `.git/annex/objects/` of the remote, at another of
   * its paths, here, or at another node.
   *
   * @param others further paths of the same content.
   */
  async fill(file: FileOfTree, others: readonly string[]): Promise<PathOutcome> {
    const { store, held } = this.#parts;
    const { key, path } = file;
    this.assertGoesOn();
    if ((await store.look(path, exportKeyOf(file))) !== undefined) {
      if (key === undefined) return (await this.#judge.isFileOf(file, path)) ? 'there' : 'foreign';
      if (!(await this.#judge.hasSizeOf(key, path))) return 'foreign';
      let isForeign = false;
      await held(key, async () => {
        isForeign = !(await this.#judge.isContentOf(key, path));
        return !isForeign;
      });
      return isForeign ? 'foreign' : 'there';
    }
    if ((await store.isBlocked?.(path)) === true) return 'foreign';
    return key === undefined ? await this.#storeBlob(file) : await this.fillKey(key, path, others);
  }

  /** Has a path that has nothing yet have the content of a key. */
  async fillKey(key: Key, path: string, others: readonly string[]): Promise<PathOutcome> {
    const { store, sources, inTurn } = this.#parts;
    const placed = await inTurn(key, () => this.#placed(key, path));
    if (placed !== undefined) return placed;
    const failures: unknown[] = [];
    for (const from of others) {
      if (!(await this.#judge.hasSizeOf(key, from))) continue;
      const copied = await this.#copied(key, path, () => store.get(from, key, 0), failures);
      if (copied !== undefined) return copied;
    }
    for await (const source of sources(key)) {
      const copied = await this.#copied(key, path, () => source.get(key), failures);
      if (copied !== undefined) return copied;
    }
    const [first] = failures;
    if (first !== undefined) throw first;
    return 'missing';
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

  /** In the turn of a key: what comes of its path without any copying; `undefined` where nothing does. */
  async #placed(key: Key, path: string): Promise<PathOutcome | undefined> {
    const { store, held } = this.#parts;
    this.assertGoesOn();
    // Somebody may have brought it while its turn was waited for.
    if ((await store.look(path, key)) !== undefined) return 'there';
    if ((await store.isBlocked?.(path)) === true) return 'foreign';
    const [object, temporary] = [exportObjectPath(key, nativeMd5), exportTemporaryPath(key)];
    const isKept = await this.#judge.hasSizeOf(key, object);
    if (!isKept && !(await this.#judge.isContentOf(key, temporary))) return undefined;
    await store.rename(isKept ? object : temporary, path, key);
    await held(key, () => Promise.resolve(true));
    return 'stored';
  }

  /**
   * Copies a content, which shows only when all of it was right; `undefined` where it is not to be had there, or
   * that failed.
   */
  async #copied(
    key: Key,
    path: string,
    open: () => ReturnType<ExportSource['get']>,
    failures: unknown[],
  ): Promise<PathOutcome | undefined> {
    try {
      const got = await open();
      if (got === undefined) return undefined;
      const sizeBytes = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes);
      try {
        const deposit = await this.#parts.store.put({ key, sizeBytes });
        try {
          await this.#receive(key, got.stream, deposit);
          return await this.#parts.inTurn(key, () => this.#commit(key, path, deposit));
        } finally {
          await deposit.abandon();
        }
      } finally {
        await got.stream.close();
      }
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  }

  /** @throws where it is not the content of the key. */
  async #receive(
    key: Key,
    stream: AsyncIterable<Uint8Array>,
    deposit: ExportDeposit,
  ): Promise<void> {
    const verifier = await verifierOf(key);
    let length = 0;
    for await (const piece of stream) {
      this.#parts.signal.throwIfAborted();
      verifier?.update(piece);
      length += piece.length;
      await deposit.write(piece);
    }
    const isWhole = key.sizeBytes === undefined || length === Number(key.sizeBytes);
    if (!isWhole || verifier?.matches() === false)
      throw new Error(`what was to be copied is not the content of ${serializeKey(key)}`);
  }

  /** In the turn of the key, while whose content was copied somebody else may have brought it. */
  async #commit(key: Key, path: string, deposit: ExportDeposit): Promise<PathOutcome> {
    const placed = await this.#placed(key, path);
    if (placed !== undefined) return placed;
    await deposit.commit(path);
    await this.#parts.held(key, () => Promise.resolve(true));
    return 'stored';
  }
}
