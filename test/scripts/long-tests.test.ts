import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import config from '../../vitest.long.config.ts';

const root = join(import.meta.dirname, '..', '..');

test('what is shortened for every day is run whole by npm run test:long', () => {
  const included = config.test?.include ?? [];
  const shortened = globSync('{test,properties}/**/*.test.ts', { cwd: root }).filter((file) =>
    /from '[^']*\/support\/long\.ts'/.test(readFileSync(join(root, file), 'utf8')),
  );

  expect(shortened.length).toBeGreaterThan(10);
  expect(
    shortened.filter((file) => !included.some((pattern) => matchesGlob(file, pattern))),
  ).toEqual([]);
});
