import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  explain,
  explanationJson,
  formatAsGitAnnex,
  formatExplanation,
  required,
  wanted,
  wouldRequireIfAbsent,
  wouldWantIfAbsent,
  type Explained,
} from '../../src/placement/index.ts';
import { moments } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

test("explain's verdict is the evaluator's, and can be shown", () => {
  let trees = 0;

  check(
    fc.property(moments(), ({ world, item, repositories }) => {
      for (const repository of repositories) {
        const get = explain(repository, item, world, 'wanted');
        const drop = explain(repository, item, world, 'wouldWantIfAbsent');
        const kept = explain(repository, item, world, 'required');
        const keptDrop = explain(repository, item, world, 'wouldRequireIfAbsent');
        if (get.rests === 'tree') trees += 1;

        expect(get.value ?? true).toBe(wanted(repository, item, world, true));
        expect(get.value ?? false).toBe(wanted(repository, item, world));
        expect(drop.value ?? true).toBe(wouldWantIfAbsent(repository, item, world, true));
        expect(kept.value ?? false).toBe(required(repository, item, world));
        expect(keptDrop.value ?? false).toBe(wouldRequireIfAbsent(repository, item, world));
        expect(formatExplanation(get, world.configuration)).not.toContain('undefined');
        expect(formatAsGitAnnex(drop) ?? '').not.toContain('undefined');
        expect(JSON.parse(explanationJson(kept))).toHaveProperty('question', 'required');
      }
    }),
    500,
  );

  expect(trees).toBeGreaterThan(200);
});

test('what is told of a pick agrees with the value of the term', () => {
  let picks = 0;

  check(
    fc.property(moments(), ({ world, item, repositories }) => {
      for (const repository of repositories) {
        const { tree } = explain(repository, item, world, 'wanted');
        for (const term of tree === undefined ? [] : balancedTerms(tree)) {
          const isPicked = term.balance?.picked.includes(repository) === true;
          const isFully = term.name.startsWith('fully') || world.configuration.rebalance;
          picks += 1;
          const isKept = term.balance?.isKept === true;
          // The test for copies comes before the pick of the terms that keep, and is not told.
          const values = isFully ? [isPicked] : [isPicked || isKept, isKept];
          expect(values).toContain(term.value);
        }
      }
    }),
    500,
  );

  expect(picks).toBeGreaterThan(100);
});

function balancedTerms(tree: Explained): readonly Extract<Explained, { kind: 'term' }>[] {
  switch (tree.kind) {
    case 'any':
      return [];
    case 'not':
      return balancedTerms(tree.operand);
    case 'term':
      return tree.balance === undefined
        ? tree.standsFor === undefined
          ? []
          : balancedTerms(tree.standsFor)
        : [tree];
    default:
      return tree.operands.flatMap(balancedTerms);
  }
}
