/** Keys with their metadata, and the files that have them. */
import * as v from 'valibot';
import { parseKey } from '../../key/index.ts';
import {
  anyText,
  bytes,
  fit,
  listOf,
  madeBy,
  objectOf,
  tableOf,
  wholeNumber,
} from '../../shapes/index.ts';
import type { SimulationState } from '../state/state.ts';
import type { SavedPart } from './part.ts';

/** The text of a real key, or the size of one that is made up and the halves of its seed. */
const key = v.union(
  [
    madeBy(anyText, (saved) => (parseKey(saved) === undefined ? undefined : saved), 'a key'),
    v.strictTuple([bytes, wholeNumber, wholeNumber]),
  ],
  'a key, or the size and the seed of one',
);

/** Of a saved state: keys with their metadata, and the files that have them. */
export const contentsPart: SavedPart = {
  save: (state) => {
    const { contents } = state;
    const files = Array.from({ length: contents.fileNumbers }, (_, file) => file);
    return {
      keys: Array.from({ length: contents.keyCount }, (_, number) => savedKey(state, number)),
      metadata: [...contents.metadata.keys].map(([number, fields]) => ({
        key: number,
        fields: Object.fromEntries([...fields].map(([field, values]) => [field, [...values]])),
      })),
      files: files.map((file) => contents.fileName(file)),
      fileKeys: files.map((file) => contents.keyOf(file)),
    };
  },

  read: (whole, numbers) => {
    const shape = objectOf({
      keys: listOf(key),
      metadata: listOf(
        objectOf({ key: numbers.key, fields: tableOf(anyText, listOf(anyText)) }, 'metadata'),
      ),
      files: listOf(anyText),
      fileKeys: v.pipe(
        listOf(numbers.key),
        v.length(numbers.files, `a list of a key for each of ${numbers.files} files`),
      ),
      // A state of before there was time knows of no files that were removed.
      time: v.optional(objectOf({ removed: listOf(numbers.file) }, 'a time')),
    });
    const { keys, metadata, files, fileKeys, time } = fit(shape, whole);
    const removed = new Set(time?.removed);
    return ({ contents }) => {
      for (const own of keys) {
        if (typeof own === 'string') contents.useKey(own);
        else contents.makeKey(own[0], { high: own[1], low: own[2] });
      }
      for (const own of metadata) {
        for (const [field, values] of own.fields) contents.metadata.set(own.key, field, values);
      }
      for (const [file, name] of files.entries()) {
        contents.setFile(name, fileKeys[file] ?? 0);
        if (removed.has(file)) contents.removeFile(file);
      }
    };
  },
};

function savedKey(
  { contents }: SimulationState,
  number: number,
): string | readonly [string, number, number] {
  const seed = contents.seedOf(number);
  if (seed === undefined) return contents.keyText(number);
  return [String(contents.bytes(number)), seed.high, seed.low];
}
