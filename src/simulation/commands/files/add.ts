import { file, size, wordsField } from '../../language/fields.ts';
import { addOne } from '../../state/adding.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `add` say. */
export interface Add {
  readonly file: string;
  readonly sizeBytes: bigint;
  readonly repositories: readonly string[];
}

/** `add FILE SIZE REPO...`: a file, with its content in these repositories. */
export const add: CommandRow<Add> = {
  isAdding: true,
  fields: { file, sizeBytes: size('SIZE', 'file size'), repositories: wordsField('REPO...', 0) },
  filesOf: ({ file }) => [file],
  does({ file, sizeBytes, repositories }, state) {
    const trouble = addOne(file, sizeBytes, repositories, state);
    return trouble === undefined ? done : troubled(trouble);
  },
};
