import { relative, resolve, sep } from 'node:path';
import { parseKey, serializeKey } from '../key/index.ts';
import type { Item } from '../placement/index.ts';
import type { OpenAnnex } from './annex.ts';

/**
 * The contents that a word names, many at once: an annexed file, by its path from where the annex was opened;
 * all annexed files below a directory; or a key. None for what is neither.
 */
export async function* itemsNamed(annex: OpenAnnex, word: string): AsyncGenerator<readonly Item[]> {
  const path = relative(annex.directory, resolve(annex.directory, word));
  const isWithin = path !== '..' && !path.startsWith(`..${sep}`);
  let isFound = false;
  for await (const items of isWithin ? filesAt(annex, path) : []) {
    if (items.length > 0) isFound = true;
    yield items;
  }
  const key = isFound ? undefined : parseKey(word);
  if (key !== undefined) yield [{ key, keyText: serializeKey(key), file: undefined }];
}

async function* filesAt(annex: OpenAnnex, path: string): AsyncGenerator<readonly Item[]> {
  if (!annex.isBare) return yield* indexedItems(annex, path);
  const isThere = ({ file }: Item): boolean =>
    path === '' || file === path || file?.startsWith(`${path}/`) === true;
  for await (const items of allItems(annex)) yield items.filter(isThere);
}

/** The annexed files of the commit that is checked out, many at once, as questions about them. */
export async function* allItems(annex: OpenAnnex): AsyncGenerator<readonly Item[]> {
  for await (const files of annex.files()) {
    yield files.map(({ file, key }) => ({ file, key, keyText: serializeKey(key) }));
  }
}

/** An annexed file of git's index, as a question about it: by its name from the top, which expressions are about. */
export interface IndexedItem extends Item {
  /** Its name from the directory that the annex was opened at. */
  readonly fileFromHere: string;
}

/**
 * The annexed files of the index of a work tree, in its order, many at once: those below the directory that it was
 * opened at.
 * @param path only what is there, from that directory. Default: all of it.
 */
export async function* indexedItems(
  annex: OpenAnnex,
  path = '',
): AsyncGenerator<readonly IndexedItem[]> {
  const prefix = await annex.prefix();
  for await (const files of annex.indexedFiles(path === '' ? '.' : path)) {
    yield files.map(({ file, key }) => ({
      key,
      keyText: serializeKey(key),
      file: `${prefix}${file}`,
      fileFromHere: file,
    }));
  }
}
