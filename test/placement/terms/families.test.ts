import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { terms } from '../../../src/expression/index.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'src', 'placement', 'terms');

/** What a family says of its terms, each by the names of the terms. */
interface Family {
  readonly compile: object;
  readonly because: object;
  readonly lint: object;
}

const files = readdirSync(folder).sort();
const families = new Map<string, Family>();
for (const file of files) {
  const module: Partial<Family> = await import(join(folder, file));
  const { compile, because, lint } = module;
  // Other files of the folder serve one of the families.
  if (compile && because && lint) families.set(file, { compile, because, lint });
}

test.each([...families])('the family in %s says all three of the same terms', (_file, family) => {
  expect(Object.keys(family.because).sort()).toEqual(Object.keys(family.compile).sort());
  expect(Object.keys(family.lint).sort()).toEqual(Object.keys(family.compile).sort());
});

test('every term belongs to one family, and no family has another', () => {
  const names = [...families.values()].flatMap(({ compile }) => Object.keys(compile));

  expect(names.sort()).toEqual(Object.keys(terms).sort());
});
