import { expect, test } from 'vitest';
import { countTests } from '../../scripts/vitest-report.js';

const passedFile = { name: 'a.test.ts', status: 'passed', assertionResults: states('passed') };

test('counts what passed, failed and was skipped', () => {
  const tests = states('passed', 'failed', 'skipped', 'todo', 'passed', 'failed');
  const text = report({ name: 'b.test.ts', status: 'failed', assertionResults: tests }, passedFile);

  const counted = countTests(text, 1);

  expect(counted).toEqual({ passed: 3, failed: 2, skipped: 2, problems: [] });
});

test('a run in which all passed has no failure', () => {
  expect(countTests(report(passedFile), 0)).toMatchObject({ passed: 1, failed: 0 });
});

test('a file that does not load is a failure', () => {
  const broken = { name: 'b.test.ts', status: 'failed', message: 'no such module' };
  const text = report(passedFile, { ...broken, assertionResults: [] });

  const counted = countTests(text, 1);

  expect(counted).toMatchObject({ passed: 1, failed: 1, problems: ['b.test.ts: no such module'] });
});

test('a hook that failed and skipped its tests is a failure', () => {
  const tests = states('skipped', 'skipped');

  const counted = countTests(
    report({ ...passedFile, status: 'failed', assertionResults: tests }),
    1,
  );

  expect(counted).toMatchObject({ passed: 0, failed: 1, skipped: 2 });
});

test('an error outside any test, known by the exit status alone, is a failure', () => {
  expect(countTests(report(passedFile), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test.each([
  ['is missing', undefined],
  ['is cut short', '{"testResults":[{"name":"a.te'],
  ['is of another shape', '{"testResults":[{"name":"a.test.ts"}]}'],
  ['names no test', report()],
])('a report that %s is a failure, even at exit status 0', (_, text) => {
  const counted = countTests(text, 0);

  expect(counted).toMatchObject({ passed: 0, failed: 1 });
  expect(counted.problems).toHaveLength(1);
});

function states(...names: readonly string[]): { status: string }[] {
  return names.map((status) => ({ status }));
}

function report(...testResults: readonly object[]): string {
  return JSON.stringify({ testResults });
}
