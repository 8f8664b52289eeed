/** Why each term of the language has its value, put together from the families of terms. */
import type { TermName, TermNamed } from '../../expression/index.ts';
import type { Facts, ReasonFrom, Reasons } from '../family/reason.ts';
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

const reasons: Reasons = {
  ...backends.because,
  ...balanced.because,
  ...constants.because,
  ...copies.because,
  ...files.because,
  ...groups.because,
  ...metadata.because,
  ...presence.because,
  ...sizes.because,
  ...standIns.because,
  ...urls.because,
};

/** What is known of the value of a term. */
export function reasonFor<N extends TermName>(term: TermNamed<N>, from: ReasonFrom): Facts {
  const reason: Reasons[N] = reasons[term.name];
  const found = reason(term, from);
  return typeof found === 'string' ? { because: found, balance: undefined } : found;
}
