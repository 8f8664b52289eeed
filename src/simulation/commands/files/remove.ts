import { unknownFile } from '../../acts/troubles.ts';
import { file } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `remove` say. */
export interface RemoveFile {
  readonly file: string;
}

/** `remove FILE`: takes a file away in all repositories at once; its content stays where it is. */
export const remove: CommandRow<RemoveFile> = {
  isOwn: true,
  fields: { file },
  filesOf: ({ file }) => [file],
  does({ file: name }, { contents }) {
    const file = contents.file(name);
    if (file === undefined) return troubled(unknownFile(name));
    contents.removeFile(file);
    return done;
  },
};
