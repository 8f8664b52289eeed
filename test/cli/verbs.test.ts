import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ballast } from '../support/program.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it('are the ones that the README lists', async () => {
  const { stdout } = await ballast(['--help']);
  const [, commands = ''] = stdout.split('\nCommands:\n');
  const verbs = [...commands.matchAll(/^ {2}([a-z0-9]+) /gm)].map(([, verb]) => verb);
  const listed = [...readme.matchAll(/^\| `([a-z0-9]+)` /gm)].map(([, verb]) => verb);

  expect(verbs).toContain('serve');
  expect(listed.toSorted()).toEqual(verbs.filter((verb) => verb !== 'help').toSorted());
});
