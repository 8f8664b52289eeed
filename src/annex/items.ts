import { relative, resolve, sep } from 'node:path';
import { parseKey, serializeKey } from '../key/index.ts';
import type { Item } from '../placement/index.ts';
import type { Annex } from './annex.ts';

/**
 * The contents that a word names: an annexed file, by its path from where the annex was opened; all
 * annexed files below a directory; or a key. None for what is neither.
 */
export async function itemsNamed(annex: Annex, word: string): Promise<readonly Item[]> {
  const path = relative(annex.directory, resolve(annex.directory, word));
  const isWithin = path !== '..' && !path.startsWith(`..${sep}`);
  const found = isWithin ? await filesAt(annex, path) : [];
  if (found.length > 0) return found;
  const key = parseKey(word);
  return key === undefined ? [] : [{ key, keyText: serializeKey(key), file: undefined }];
}

async function filesAt(annex: Annex, path: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  if (annex.isBare) {
    for await (const items of allItems(annex)) {
      const isThere = ({ file }: Item): boolean =>
        path === '' || file === path || file?.startsWith(`${path}/`) === true;
      found.push(...items.filter(isThere));
    }
    return found;
  }
  for await (const files of indexedItems(annex, path)) {
    found.push(...files.map(({ item }) => item));
  }
  return found;
}

/** The annexed files of the commit that is checked out, many at once, as questions about them. */
export async function* allItems(annex: Annex): AsyncGenerator<readonly Item[]> {
  for await (const files of annex.files()) {
    yield files.map(({ file, key }) => ({ file, key, keyText: serializeKey(key) }));
  }
}

/** An annexed file of git's index, as a question about it. */
export interface IndexedItem {
  /** From the directory that the annex was opened at. */
  readonly file: string;
  /** With the name from the top of the work tree, which expressions are about. */
  readonly item: Item;
}

/**
 * The annexed files of the index of a work tree, in its order, many at once: those below the directory that it was
 * opened at.
 * @param path only what is there, from that directory. Default: all of it.
 */
export async function* indexedItems(
  annex: Annex,
  path = '',
): AsyncGenerator<readonly IndexedItem[]> {
  const prefix = await annex.prefix();
  for await (const files of annex.indexedFiles(path === '' ? '.' : path)) {
    yield files.map(({ file, key }) => ({
      file,
      item: { key, keyText: serializeKey(key), file: `${prefix}${file}` },
    }));
  }
}
