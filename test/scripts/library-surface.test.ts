import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiPage } from '../../scripts/api-page.js';
import { surfaceOf } from '../../scripts/library-surface.js';

const root = join(import.meta.dirname, '..', '..');
/** What a person looks through before choosing. */
const rootNamesMax = 30;

const surface = surfaceOf(root);

test('docs/api.md says what the library promises: else run node scripts/api-page.js', () => {
  const page = readFileSync(join(root, 'docs', 'api.md'), 'utf8');

  expect(page).toBe(apiPage(surface));
});

test('every name that can be imported has a doc comment, and every door', () => {
  const without = surface.doors.flatMap(({ specifier, doc, names }) => [
    ...(doc === '' ? [specifier] : []),
    ...names.filter((name) => name.doc === '').map(({ name }) => `${name} of ${specifier}`),
  ]);

  expect(surface.doors.flatMap(({ names }) => names).length).toBeGreaterThan(200);
  expect(without).toEqual([]);
});

test('every type that something promised is made of can be named', () => {
  expect(surface.unpromised).toEqual([]);
});

test('the root gives few names, each of which another door gives too', () => {
  const [first, ...others] = surface.doors;
  const elsewhere = new Set(others.flatMap(({ names }) => names.map(({ name }) => name)));

  expect(first?.specifier).toBe('ballast');
  expect(first?.names.length).toBeLessThanOrEqual(rootNamesMax);
  expect(first?.names.filter(({ name }) => !elsewhere.has(name))).toEqual([]);
});
