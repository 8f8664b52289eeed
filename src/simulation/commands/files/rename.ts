import { fileTaken, unknownFile } from '../../acts/troubles.ts';
import { file, name } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `rename` say. */
export interface RenameFile {
  readonly file: string;
  /** What it is called from now on. */
  readonly name: string;
}

/** `rename FILE NAME`: gives a file another name in all repositories at once. */
export const rename: CommandRow<RenameFile> = {
  isOwn: true,
  fields: { file, name: name('NAME') },
  filesOf: ({ file, name }) => [file, name],
  does({ file: from, name }, { contents }) {
    const file = contents.file(from);
    if (file === undefined) return troubled(unknownFile(from));
    if (contents.file(name) !== undefined) return troubled(fileTaken(name));
    contents.removeFile(file);
    contents.setFile(name, contents.keyOf(file));
    return done;
  },
};
