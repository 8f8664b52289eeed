import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areEquivalent, printExpression, simplifyExpression } from '../../src/expression/index.ts';
import { treeOf, treesOf } from '../arbitraries/trees.ts';
import { everyTermText } from '../arbitraries/expressions.ts';
import { repeatingTrees, roughMoments, verdictsOf, type Place } from '../arbitraries/verdicts.ts';
import { check } from '../settings.ts';

const trees = fc.oneof({ weight: 4, arbitrary: repeatingTrees }, treesOf(everyTermText));
const places = fc.constantFrom<Place[]>('wanted', 'groupwanted', 'both');

test('a simplified expression has the same verdict in every world and every place', () => {
  let shorterCount = 0;

  check(
    fc.property(
      trees,
      places,
      fc.array(roughMoments, { minLength: 4, maxLength: 4 }),
      (tree, place, moments) => {
        const simple = simplifyExpression(tree);
        if (printExpression(simple).length < printExpression(tree).length) shorterCount += 1;
        for (const moment of moments) {
          expect(verdictsOf(simple, moment, place)).toEqual(verdictsOf(tree, moment, place));
        }
      },
    ),
    600,
  );

  expect(shorterCount).toBeGreaterThan(120);
});

test('a simplified expression is proved to be equivalent, where that can be decided', () => {
  check(
    fc.property(trees, (tree) => {
      const { kind } = areEquivalent(tree, simplifyExpression(tree));
      expect(kind).not.toBe('notProved');
    }),
    1000,
  );
});

test('a simplified expression can be printed, parsed and simplified again without a change', () => {
  check(
    fc.property(trees, (tree) => {
      const printed = printExpression(simplifyExpression(tree));
      expect(printExpression(simplifyExpression(treeOf(printed)))).toBe(printed);
    }),
    1000,
  );
});
