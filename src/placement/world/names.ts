import { plain, type Uuid } from '../../units/index.ts';
import type { Annex } from './annex.ts';

/** How many names are told one by one. */
const namesMax = 8;

/** What people call a repository: its description, or its UUID when it has none. */
export function nameOf(annex: Annex, repository: Uuid): string {
  const { description } = annex.settings(repository);
  const name = description === undefined || description === '' ? repository : description;
  return plain(name);
}

/** Several of them, with a comma between; from the ninth on only how many more there are. */
export function namesOf(annex: Annex, repositories: readonly Uuid[]): string {
  const names = repositories.slice(0, namesMax).map((each) => nameOf(annex, each));
  const more = repositories.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
