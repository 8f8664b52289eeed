import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { terms } from '../../src/expression/index.ts';

const grammarFile = fileURLToPath(new URL('../../grammar/preferred-content.ohm', import.meta.url));
const generated = fileURLToPath(new URL('../../src/expression/generated', import.meta.url));
const ohm = fileURLToPath(new URL('index.js', import.meta.resolve('@ohm-js/cli/package.json')));

test('the committed recogniser is what the grammar generates (npm run grammar)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-grammar-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  copyFileSync(grammarFile, join(directory, 'preferred-content.ohm'));

  const options = ['generateBundles', '--withTypes', '--esm', 'preferred-content.ohm'];
  execFileSync(process.execPath, [ohm, ...options], { cwd: directory });

  for (const suffix of ['js', 'd.ts']) {
    const name = `preferred-content.ohm-bundle.${suffix}`;
    expect(readFileSync(join(generated, name), 'utf8')).toBe(
      readFileSync(join(directory, name), 'utf8'),
    );
  }
});

test('a name that begins with another one stands before it: the first that fits is taken', () => {
  const hidden = ['bareName', 'valuedName'].flatMap((rule) => {
    const names = namesIn(rule);
    return names.filter((name, index) =>
      names.slice(0, index).some((before) => name.startsWith(before)),
    );
  });

  expect(hidden).toEqual([]);
});

test('the grammar names exactly the terms of the table, each in its form', () => {
  const namesOf = (form: string): readonly string[] =>
    Object.entries(terms)
      .filter(([, row]) => row.form === form)
      .map(([name]) => name)
      .toSorted();

  expect(namesIn('bareName').toSorted()).toEqual(namesOf('bare'));
  expect(namesIn('valuedName').toSorted()).toEqual(namesOf('valued'));
});

/** The names of a rule, in the order in which they are tried. */
function namesIn(rule: string): readonly string[] {
  const grammar = readFileSync(grammarFile, 'utf8');
  const [, body = ''] = new RegExp(`${rule}\\n((?:    [=|].*\\n)+)`).exec(grammar) ?? [];
  return [...body.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
}
