import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpression } from '../../src/expression/index.ts';
import { alwaysOrNever, explain, lintConfiguration } from '../../src/placement/index.ts';
import { moments } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

test('what is said to be always or never true is so, in every annex', () => {
  let constants = 0;

  check(
    fc.property(moments(), ({ world, item, repositories }) => {
      for (const repository of repositories) {
        const settings = world.configuration.repositories.get(repository);
        const parsed = parseExpression(settings?.required ?? '', world.configuration.dialect);
        if (parsed.kind === 'problems') continue;
        const constant = alwaysOrNever(parsed.tree);
        const { rests, value } = explain(repository, item, world, 'required');
        if (constant === undefined || rests !== 'tree') continue;
        constants += 1;
        expect(value).toBe(constant === 'always');
      }
    }),
    1500,
  );

  expect(constants).toBeGreaterThan(100);
});

test('any configuration can be linted, and every span and edit lies in its text', () => {
  check(
    fc.property(moments(), ({ world }) => {
      for (const { span, edit, place } of lintConfiguration(world.configuration)) {
        for (const each of [span, edit?.span]) {
          const { start, end } = each ?? { start: 0, end: 0 };
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(place.text.length);
        }
      }
    }),
    300,
  );
});
