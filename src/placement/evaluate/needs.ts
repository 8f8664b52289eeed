import { parseExpression, terms, termsIn, type Need } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import type { Configuration } from '../world/configuration.ts';
import { groupwantedOf } from '../world/stood-for.ts';

const known = new WeakMap<Configuration, Map<Uuid, ReadonlySet<Need>>>();

/**
 * Which facts the expressions of some repositories ask a world for, by the table of terms: what is
 * not among them need not be looked up. Found out once for each repository of a configuration.
 */
export function needsOf(
  repositories: Iterable<Uuid>,
  configuration: Configuration,
): ReadonlySet<Need> {
  const annex = annexOf(configuration);
  let kept = known.get(configuration);
  if (kept === undefined) known.set(configuration, (kept = new Map<Uuid, ReadonlySet<Need>>()));
  const needs = new Set<Need>();
  for (const repository of repositories) {
    let own = kept.get(repository);
    if (own === undefined) kept.set(repository, (own = needsOfOne(repository, annex)));
    for (const need of own) needs.add(need);
  }
  return needs;
}

function needsOfOne(repository: Uuid, annex: Annex): ReadonlySet<Need> {
  const { wanted, required } = annex.settings(repository);
  const needs = new Set<Need>();
  const read = (text: string | undefined, isShared: boolean): void => {
    const parsed = text === undefined ? undefined : parseExpression(text, annex.dialect);
    // What does not parse means `present`, which asks for nothing.
    if (parsed?.kind !== 'expression') return;
    for (const { term } of termsIn(parsed.tree)) {
      // It has the needs of what it stands for here; within that it means `present`.
      if (term.name !== 'groupwanted') for (const need of terms[term.name].needs) needs.add(need);
      else if (!isShared) read(groupwantedOf(annex, repository).text, true);
    }
  };
  read(wanted, false);
  read(required, false);
  return needs;
}
