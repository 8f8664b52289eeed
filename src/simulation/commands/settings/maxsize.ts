import { repository, size } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { configure } from './configure.ts';

/** What the words of `maxsize` say. */
export interface Maxsize {
  readonly repository: string;
  readonly sizeBytes: bigint;
}

/** `maxsize REPO SIZE`: as `git annex maxsize`, which balanced terms go by. */
export const maxsize: CommandRow<Maxsize> = {
  fields: { repository, sizeBytes: size('SIZE', 'maxsize') },
  does: ({ repository, sizeBytes }, state) =>
    configure(repository, state, { maxsizeBytes: sizeBytes }),
};
