import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  dialects,
  formatTerm,
  formatTermsPage,
  terms,
  termsTable,
} from '../../src/expression/index.ts';

test('docs/terms.md says what the table says: else run node scripts/terms-page.js', () => {
  const page = readFileSync(new URL('../../docs/terms.md', import.meta.url), 'utf8');

  expect(page).toBe(formatTermsPage(termsTable(dialects.newest)));
});

test('the newest dialect has every term, and an older one only what it has', () => {
  const namesIn = (dialect: typeof dialects.newest): readonly string[] =>
    termsTable(dialect).map(({ name }) => name);

  expect(namesIn(dialects.newest)).toEqual(Object.keys(terms).sort());
  expect(namesIn(dialects.reference)).not.toContain('url');
  const balanced = termsTable(dialects.reference).find(({ name }) => name === 'balanced');
  expect(balanced?.later).toEqual([]);
});

test('a term is told with its forms and when they can be relied on', () => {
  const balanced = termsTable(dialects.newest).find(({ name }) => name === 'balanced');

  expect(balanced === undefined ? '' : formatTerm(balanced)).toMatchInlineSnapshot(`
    "balanced=GROUP[:NUMBER]
      the repository has the content, or is one of the members picked for the key
      since git-annex 10.20240831
      depends on: presence, key, file, locations, sizes, settings
      one more copy: can make it either
      asks for: keySize, repositorySizes, fileName, attributes
      under "not": unstable
      balanced=GROUP:lackingcopies
        as many members as numcopies lacks outside of the group (since 10.20250520, answered wrongly before 10.20260901)
      balanced=GROUP:lackingcopies=LIMIT
        as many members as numcopies lacks outside of the group, counting only copies that match the limit (since 10.20260901)"
  `);
});
