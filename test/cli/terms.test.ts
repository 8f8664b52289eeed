import { expect, test } from 'vitest';
import { ballast } from '../support/program.ts';

test('ballast terms tells one term, or all as JSON, of a dialect', async () => {
  const one = await ballast(['terms', 'copies']);
  const old = await ballast(['terms', '--json', '--dialect', '10.20250416']);

  expect(one.stdout).toContain('one more copy: can make it true, never false');
  expect(old.stdout).toContain('"name":"copies"');
  expect(old.stdout).not.toContain('"name":"url"');
});

test('ballast terms says when there is no such term, and which was likely meant', async () => {
  const ended = await ballast(['terms', 'copise']);

  expect(ended).toMatchObject({ status: 2, stdout: '' });
  expect(ended.stderr).toContain('did you mean copies?');
});
