/** Groups that a term names, and whether anybody is in them. */
import { likelyWord, type CopiesOf, type GroupLimit, type Term } from '../../expression/index.ts';
import type { Annex } from '../world/annex.ts';
import { finding, type Finding } from './finding.ts';

/** The groups that a term names by whose copies it counts. */
export function countedGroups(of: CopiesOf): readonly string[] {
  if (of.kind === 'group') return [of.group];
  return of.kind === 'limit' ? limitGroups(of.limit) : [];
}

/** The groups that a limit names. */
export function limitGroups(limit: GroupLimit | undefined): readonly string[] {
  return limit === undefined ? [] : [...limit.included, ...limit.excluded];
}

/** Of the groups that a term names, those that nobody is in, with the one that was likely meant. */
export function lintGroups(
  groups: readonly string[],
  { text, span: whole }: Pick<Term, 'text' | 'span'>,
  annex: Annex,
): readonly Finding[] {
  const known = groupsIn(annex);
  return groups.flatMap((group) => {
    if (annex.group(group).members.length > 0) return [];
    const likely = likelyWord(group, known);
    const at = placeOf(group, text);
    const start = whole.start + (at ?? 0);
    const span = at === undefined ? whole : { start, end: start + group.length };
    const edit =
      likely === undefined || at === undefined ? undefined : { span, replacement: likely };
    const hint = likely === undefined ? '' : `; did you mean ${likely}?`;
    const message = `nobody is in the group ${JSON.stringify(group)}${hint}`;
    return [finding('BL106', message, { span, edit })];
  });
}

const groupNames = new WeakMap<Annex, readonly string[]>();

/** Every group that somebody is in; gathered once. */
export function groupsIn(annex: Annex): readonly string[] {
  let names = groupNames.get(annex);
  if (names === undefined) {
    const all = [...annex.configuration.repositories.values()].flatMap(({ groups }) => groups);
    groupNames.set(annex, (names = [...new Set(all)]));
  }
  return names;
}

/** Where a group is named in the value of a term; `undefined` for one without a name. */
function placeOf(group: string, text: string): number | undefined {
  if (group === '') return undefined;
  for (let at = text.indexOf(group); at >= 0; at = text.indexOf(group, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + group.length]];
    if (/[=:+-]/.test(before) && /^[=:+-]?$/.test(after)) return at;
  }
  return undefined;
}
