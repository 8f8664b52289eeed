import { parseKey, serializeKey, type Key } from './key.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&a', '%': '&s', ':': '&c', '/': '%' };
const meanings: Readonly<Record<string, string>> = { '&a': '&', '&s': '%', '&c': ':', '%': '/' };

/** The name that a key has as a file (spec/git-annex-branch.md section 1.2). Never holds a `/`. */
export function keyFile(key: Key): string {
  return serializeKey(key).replace(/[&%:/]/g, (character) => escapes[character] ?? character);
}

/** The key that a file name stands for; the inverse of {@link keyFile}. */
export function parseKeyFile(name: string): Key | undefined {
  return parseKey(name.replace(/&[asc]|%/g, (escape) => meanings[escape] ?? escape));
}
