import { serializeKey } from '../key/index.ts';
import type { Item } from '../placement/index.ts';
import {
  nulSeparatedBatches,
  ObjectTooLargeError,
  pointedKey,
  readObjects,
  runGit,
  streamGit,
} from '../repository/index.ts';
import { decodeText } from '../units/index.ts';

/** Longest content of a file that can stand for a key: a link or a pointer. */
const pointerBytesMax = 32 * 1024;

/** An annexed file of git's index. */
export interface IndexedFile {
  /** Relative to the directory. */
  readonly file: string;
  /** With the name from the top of the repository, which expressions are about. */
  readonly item: Item;
}

/**
 * The annexed files of the index of a work tree below a directory, in its order.
 *
 * @param path only what is there, from the directory.
 */
export async function* indexedFiles(directory: string, path = '.'): AsyncGenerator<IndexedFile> {
  const show = await runGit(['rev-parse', '--show-prefix'], { directory });
  const prefix = decodeText(show).replace(/\n$/, '');
  const contents = readObjects(indexEntries(directory, path), {
    directory,
    nameOf: ({ sha }) => sha,
    bytesMax: pointerBytesMax,
  });
  for await (const { asked, answer } of contents) {
    if (answer === undefined || answer instanceof ObjectTooLargeError) continue;
    const key = pointedKey(decodeText(answer.bytes), asked.isLink);
    if (key === undefined) continue;
    const item = { key, keyText: serializeKey(key), file: `${prefix}${asked.file}` };
    yield { file: asked.file, item };
  }
}

async function* indexEntries(directory: string, path: string): AsyncGenerator<IndexEntry> {
  const words = ['ls-files', '-s', '-z', '--', `:(literal)${path}`];
  for await (const lines of nulSeparatedBatches(streamGit(words, { directory }))) {
    for (const line of lines) {
      const entry = indexEntry(line);
      if (entry !== undefined) yield entry;
    }
  }
}

interface IndexEntry {
  readonly sha: string;
  readonly file: string;
  readonly isLink: boolean;
}

/** A line of `git ls-files -s`, when it is a link or an ordinary file. */
function indexEntry(line: string): IndexEntry | undefined {
  const [, mode, sha, file] = /^(\d+) ([0-9a-f]+) 0\t(.*)$/s.exec(line) ?? [];
  if (mode === undefined || sha === undefined || file === undefined) return undefined;
  return mode.startsWith('1') && mode !== '160000'
    ? { sha, file, isLink: mode === '120000' }
    : undefined;
}
