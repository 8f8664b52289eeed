import type { CopiesOf, GroupLimit, Term } from '../../expression/index.ts';

/** The groups that a term speaks of. */
export function namedGroups(term: Term): readonly string[] {
  switch (term.name) {
    case 'copies':
    case 'lackingcopies':
    case 'approxlackingcopies':
      return countedGroups(term.argument.of);
    case 'inallgroup':
    case 'onlyingroup':
      return [term.argument];
    case 'balanced':
    case 'fullybalanced':
    case 'sizebalanced':
    case 'fullysizebalanced': {
      const { group, number } = term.argument;
      return [group, ...(number.kind === 'lacking' ? limitGroups(number.limit) : [])];
    }
    default:
      return [];
  }
}

function countedGroups(of: CopiesOf): readonly string[] {
  if (of.kind === 'group') return [of.group];
  return of.kind === 'limit' ? limitGroups(of.limit) : [];
}

function limitGroups(limit: GroupLimit | undefined): readonly string[] {
  return limit === undefined ? [] : [...limit.included, ...limit.excluded];
}
