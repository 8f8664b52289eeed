import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lintConfiguration } from '../../src/placement/index.ts';
import { moments } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

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
