import { createHash } from 'node:crypto';
import { makeVerifier, namesItsContent, type Key } from '../../../key/index.ts';
import { blobKey, loadNativeHasher, type ExportStore } from '../../../nodes/index.ts';
import type { FileOfTree } from '../../../repository/index.ts';
import type { Leaving } from '../export-plan.ts';

/** Tells which content a file at a remote is: by its size, or by all of its bytes. Changes nothing. */
export class FileJudge {
  readonly #store: Pick<ExportStore, 'look' | 'get'>;

  constructor(store: Pick<ExportStore, 'look' | 'get'>) {
    this.#store = store;
  }

  /** Whether a file is there that may be a content by its size. */
  async hasSizeOf(key: Key, path: string): Promise<boolean> {
    const found = await this.#store.look(path, key);
    if (found === undefined) return false;
    const { sizeBytes } = found;
    return (
      sizeBytes === undefined || key.sizeBytes === undefined || sizeBytes === Number(key.sizeBytes)
    );
  }

  /** Whether a file is a content, by its bytes as far as the key tells of them. */
  async isContentOf(key: Key, path: string): Promise<boolean> {
    if (!(await this.hasSizeOf(key, path))) return false;
    const verifier = await verifierOf(key);
    if (verifier === undefined) return true;
    const got = await this.#store.get(path, key, 0);
    if (got === undefined) return false;
    await eachOf(got.stream, (piece) => verifier.update(piece));
    return verifier.matches();
  }

  /** Whether a file is one of a tree, by its bytes as far as the key tells of them. */
  async isFileOf(file: FileOfTree, path: string): Promise<boolean> {
    const { key } = file;
    return key === undefined ? await this.#isBlob(file, path) : await this.isContentOf(key, path);
  }

  /** Which of the files that may be at a path is there; `undefined` for none of them. */
  async whichAt({ path, olds, next, isSure }: Leaving): Promise<FileOfTree | 'next' | undefined> {
    const [only] = olds;
    const is = async (file: FileOfTree): Promise<boolean> => await this.isFileOf(file, path);
    if (isSure && only !== undefined) return (await is(only)) ? only : undefined;
    const all = [...(next === undefined ? [] : [next]), ...olds];
    const found =
      (await firstOf(all.filter(tellsItsBytes), is)) ??
      // Nothing of the new tree is put anywhere before those before it are off.
      (await firstOf(
        [...olds, ...all].filter((file) => !tellsItsBytes(file)),
        is,
      ));
    return found !== undefined && found === next ? 'next' : found;
  }

  async #isBlob({ sha, blobBytes }: FileOfTree, path: string): Promise<boolean> {
    const got = await this.#store.get(path, blobKey(sha), 0);
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
}

/** What judges a content; `undefined` for one whose key says nothing of it. */
export async function verifierOf(key: Key): Promise<ReturnType<typeof makeVerifier> | undefined> {
  return namesItsContent(key) ? makeVerifier(key, await loadNativeHasher()) : undefined;
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
