import { trustLevels } from '../../../expression/index.ts';
import type { TrustLevel } from '../../../placement/index.ts';
import { repository } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import type { CommandRow } from '../row.ts';
import { configure } from './configure.ts';

/** What the words of `trustlevel` say. */
export interface SetTrustLevel {
  readonly repository: string;
  readonly level: TrustLevel;
}

/** `trustlevel REPO LEVEL`: as `git annex trust` and its kin. */
export const trustlevel: CommandRow<SetTrustLevel> = {
  changes: 'everything',
  fields: {
    repository,
    level: {
      kind: 'word',
      usage: 'LEVEL',
      read: (word) =>
        trustLevels.find((level) => level === word.text) ??
        misread(word, 'trust level', 'trusted, semitrusted, untrusted or dead', {
          gitAnnexError: `Unknown trust level "${word.text}".`,
        }),
      print: String,
    },
  },
  does: ({ repository, level }, state) => configure(repository, state, { trust: level }),
};
