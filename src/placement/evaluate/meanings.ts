/**
 * What each term of the language means in an annex, put together from the families of terms. The rest
 * that is known of a term: `terms` of expression/, and beside its meaning the family's reasons and lint.
 */
import type { TermName, TermNamed } from '../../expression/index.ts';
import type { Meanings, Setting } from '../family/setting.ts';
import * as backends from '../terms/backends.ts';
import * as balanced from '../terms/balanced.ts';
import * as constants from '../terms/constants.ts';
import * as copies from '../terms/copies.ts';
import * as files from '../terms/files.ts';
import * as groups from '../terms/groups.ts';
import * as metadata from '../terms/metadata.ts';
import * as presence from '../terms/presence.ts';
import * as sizes from '../terms/sizes.ts';
import * as standIns from '../terms/stand-ins.ts';
import * as urls from '../terms/urls.ts';
import type { Operand } from '../world/question.ts';

const meanings: Meanings = {
  ...backends.compile,
  ...balanced.compile,
  ...constants.compile,
  ...copies.compile,
  ...files.compile,
  ...groups.compile,
  ...metadata.compile,
  ...presence.compile,
  ...sizes.compile,
  ...standIns.compile,
  ...urls.compile,
};

/** What a term means in this setting. */
export function meaningOf<N extends TermName>(term: TermNamed<N>, setting: Setting): Operand {
  const meaning: Meanings[N] = meanings[term.name];
  return meaning(term.argument, setting);
}
