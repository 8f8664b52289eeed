/** The table of terms as people and programs read it. */
import { compareDialects, isAtLeast, type Dialect } from '../terms/dialect.ts';
import type { LaterForm, TermFacts } from '../terms/term-row.ts';
import { isTermName, terms, type TermName } from '../terms/terms.ts';

/** What the table says of a term, as data; versions of git-annex as text. */
export interface ListedTerm extends Pick<TermFacts<never>, TermColumn> {
  readonly name: TermName;
  readonly since: string;
  /** Forms that came later than the term. */
  readonly later: readonly ListedForm[];
}

type TermColumn = 'form' | 'syntax' | 'meaning' | 'dependsOn' | 'polarity' | 'needs' | 'stability';

/** A form of a term that came later than the term, versions of git-annex as text. */
export interface ListedForm extends Pick<LaterForm, 'syntax' | 'meaning'> {
  readonly since: string;
  /** First version that answers it rightly, when that is a later one. */
  readonly soundSince: string | undefined;
}

/** The terms that a dialect has, and of each the forms that it has, in the order of their names. */
export function termsTable(dialect: Dialect): readonly ListedTerm[] {
  return Object.keys(terms)
    .filter(isTermName)
    .filter((name) => isAtLeast(dialect, terms[name].since))
    .sort()
    .map((name) => {
      const { form, syntax, meaning, dependsOn, polarity, needs, stability } = terms[name];
      const later = terms[name].later
        .filter((each) => isAtLeast(dialect, each.since))
        .toSorted((left, right) => compareDialects(left.since, right.since))
        .map(told);
      const since = terms[name].since.version;
      return { name, form, syntax, since, meaning, dependsOn, polarity, needs, stability, later };
    });
}

function told({ syntax, meaning, since, soundSince }: LaterForm): ListedForm {
  return { syntax, meaning, since: since.version, soundSince: soundSince?.version };
}

/** A term for people, in a few lines. */
export function formatTerm(term: ListedTerm): string {
  const { syntax, meaning, since, later } = term;
  return [
    syntax,
    `  ${meaning}`,
    `  since git-annex ${since}`,
    ...factsOf(term).map(([what, words]) => `  ${what}: ${words}`),
    ...later.map((form) => `  ${form.syntax}\n    ${form.meaning} (${versionsOf(form)})`),
  ].join('\n');
}

/** The page of all terms, in Markdown. */
export function formatTermsPage(table: readonly ListedTerm[]): string {
  const parts = table.map((term) => {
    const later = term.later.map(
      (form) => `- \`${form.syntax}\`: ${form.meaning} (${versionsOf(form)})`,
    );
    const facts = factsOf(term).map(([what, words]) => `- ${what}: ${words}`);
    const { name, syntax, meaning, since } = term;
    return [
      `## ${name}`,
      `\`${syntax}\`, since git-annex ${since}: ${meaning}.`,
      [...facts, ...later].join('\n'),
    ].join('\n\n');
  });
  return `${[pageHead, ...parts].join('\n\n')}\n`;
}

const pageHead =
  '# Terms\n\nThe terms of preferred content expressions, as `ballast terms` tells them. Written by `node scripts/terms-page.js` from `src/expression/terms/terms.ts`.';

function versionsOf({ since, soundSince }: ListedForm): string {
  const sound = soundSince === undefined ? '' : `, answered wrongly before ${soundSince}`;
  return `since ${since}${sound}`;
}

const polarities: Readonly<Record<ListedTerm['polarity'], string>> = {
  constant: 'changes nothing',
  up: 'can make it true, never false',
  down: 'can make it false, never true',
  neither: 'can make it either',
};

function factsOf({
  dependsOn,
  polarity,
  needs,
  stability,
}: ListedTerm): readonly [string, string][] {
  return [
    ['depends on', dependsOn.join(', ')],
    ['one more copy', polarities[polarity]],
    ...(needs.length === 0 ? [] : [['asks for', needs.join(', ')] satisfies [string, string]]),
    ...(stability === 'stable' ? [] : [['under "not"', stability] satisfies [string, string]]),
  ];
}
