/** What `standard` and `groupwanted` stand for in a repository (spec/expressions.md section 7). */
import { dialects, isAtLeast, type TermName, type TermNamed } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from './annex.ts';
import { standardGroups } from './standard-groups.ts';

/** The terms that stand for another expression. */
export type StandIn = 'standard' | 'groupwanted';

/** Whether a term stands for another expression. */
export function isStandIn(term: TermNamed<TermName>): term is TermNamed<StandIn> {
  return term.name === 'standard' || term.name === 'groupwanted';
}

/**
 * What `standard` or `groupwanted` stands for: groups with an entry, and the text when there is one
 * only.
 */
export interface StoodFor {
  readonly groups: readonly string[];
  readonly text: string | undefined;
}

/** What the word stands for in a repository. */
export function stoodFor(name: StandIn, annex: Annex, repository: Uuid): StoodFor {
  return name === 'standard' ? standardOf(annex, repository) : groupwantedOf(annex, repository);
}

/** What `standard` stands for in a repository. */
export function standardOf(annex: Annex, repository: Uuid): StoodFor {
  return onlyEntry(annex.settings(repository).groups, standardGroups);
}

/**
 * What `groupwanted` stands for in a repository. "An entry set to the empty string still counts, and
 * stands for ANY: true"; since 10.20260901 the exactly empty text counts as no entry (spec/newest.md
 * section 2.1).
 */
export function groupwantedOf(annex: Annex, repository: Uuid): StoodFor {
  const { groups } = annex.settings(repository);
  const { groupwanted } = annex.configuration;
  const isEmptyUnset = isAtLeast(annex.dialect, dialects.groupLimits);
  const counting = isEmptyUnset ? groups.filter((group) => groupwanted.get(group) !== '') : groups;
  return onlyEntry(counting, groupwanted);
}

/** The groups that have an entry, and the entry when it is one group only. */
function onlyEntry(groups: readonly string[], entries: ReadonlyMap<string, string>): StoodFor {
  const found = [...new Set(groups)].filter((group) => entries.has(group));
  const [group] = found;
  const text = found.length === 1 && group !== undefined ? entries.get(group) : undefined;
  return { groups: found, text };
}
