import { parseKey } from '../../../key/index.ts';
import { file, wordsField } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import { addTo } from '../../state/adding.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `addkey` say. */
export interface AddKey {
  readonly file: string;
  /** Serialized. */
  readonly key: string;
  readonly repositories: readonly string[];
}

/** `addkey FILE KEY REPO...`: as `add`, with a key that is known. */
export const addkey: CommandRow<AddKey> = {
  isOwn: true,
  isAdding: true,
  fields: {
    file,
    key: {
      kind: 'word',
      usage: 'KEY',
      read: (word) =>
        parseKey(word.text) === undefined
          ? misread(word, 'key', 'a key such as WORM-s3--a')
          : word.text,
      print: String,
    },
    repositories: wordsField('REPO...', 1),
  },
  filesOf: ({ file }) => [file],
  does({ file, key: text, repositories }, state) {
    const key = state.contents.useKey(text);
    // The language lets no other text through.
    if (key === undefined) return done;
    for (const name of repositories) {
      const trouble = addTo(name, file, key, state);
      if (trouble !== undefined) return troubled(trouble);
    }
    return done;
  },
};
