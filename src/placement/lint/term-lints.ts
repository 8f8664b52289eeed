/** What can be odd about each term of the language, put together from the families of terms. */
import type { TermName, TermNamed } from '../../expression/index.ts';
import type { Finding } from '../family/finding.ts';
import type { LintFrom, Lints } from '../family/lint.ts';
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

const lints: Lints = {
  ...backends.lint,
  ...balanced.lint,
  ...constants.lint,
  ...copies.lint,
  ...files.lint,
  ...groups.lint,
  ...metadata.lint,
  ...presence.lint,
  ...sizes.lint,
  ...standIns.lint,
  ...urls.lint,
};

/** What is odd about a term by itself. */
export function lintTermAlone<N extends TermName>(term: TermNamed<N>): readonly Finding[] {
  const lint: Lints[N] = lints[term.name];
  return lint.alone?.(term) ?? [];
}

/** What is odd about a term in an annex. */
export function lintTermIn<N extends TermName>(
  term: TermNamed<N>,
  from: LintFrom,
): readonly Finding[] {
  const lint: Lints[N] = lints[term.name];
  return lint.inAnnex?.(term, from) ?? [];
}

/** What is odd about a term in an annex when it is under an odd number of `not`. */
export function lintNegatedTermIn<N extends TermName>(
  term: TermNamed<N>,
  from: LintFrom,
): readonly Finding[] {
  const lint: Lints[N] = lints[term.name];
  return lint.negated?.(term, from) ?? [];
}

/** What to write under `not` in the place of an unstable term, where there is something. */
export function stableInstead<N extends TermName>(term: TermNamed<N>): string | undefined {
  const lint: Lints[N] = lints[term.name];
  return lint.stable?.(term);
}
