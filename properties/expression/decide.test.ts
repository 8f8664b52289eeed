import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areEquivalent,
  areExclusive,
  isAlways,
  isNever,
  subsumes,
  type Expression,
} from '../../src/expression/index.ts';
import {
  relatedTermTrees,
  relatedTrees,
  repeatingTrees,
  roughMoments,
  verdictsOf,
} from '../arbitraries/verdicts.ts';
import { check } from '../settings.ts';

const someMoments = fc.array(roughMoments, { minLength: 6, maxLength: 6 });

test('what is proved of one expression is so in every world', () => {
  let provedCount = 0;

  check(
    fc.property(repeatingTrees, someMoments, (tree, moments) => {
      const [always, never] = [isAlways(tree).kind, isNever(tree).kind];
      if (always === 'proved' || never === 'proved') provedCount += 1;
      for (const moment of moments) {
        const verdicts = verdictsOf(tree, moment);
        expect(always === 'proved' && verdicts.includes(false)).toBe(false);
        expect(never === 'proved' && verdicts.includes(true)).toBe(false);
      }
    }),
    600,
  );

  expect(provedCount).toBeGreaterThan(100);
});

test('what is proved of two expressions is so in every world', () => {
  let provedCount = 0;

  check(
    fc.property(relatedTrees, someMoments, ([left, right], moments) => {
      if (expectProved(left, right, moments) > 0) provedCount += 1;
    }),
    600,
  );

  expect(provedCount).toBeGreaterThan(100);
});

test('what is proved of any two terms, negated or not, is so in every world', () => {
  const literals = relatedTermTrees.flatMap((tree): readonly Expression[] => [
    tree,
    { kind: 'not', operand: tree },
  ]);
  const proved = literals.flatMap((wider, wide) =>
    literals.flatMap((narrower, narrow) =>
      wide !== narrow && subsumes(wider, narrower).kind === 'proved' ? [{ wide, narrow }] : [],
    ),
  );

  check(
    fc.property(roughMoments, (moment) => {
      const verdicts = literals.map((literal) => verdictsOf(literal, moment));
      const refuted = proved.filter(({ wide, narrow }) =>
        verdicts[narrow]?.some((verdict, index) => verdict && !(verdicts[wide]?.[index] ?? false)),
      );
      expect(refuted).toEqual([]);
    }),
    150,
  );

  expect(proved.length).toBeGreaterThan(500);
});

type Moments = Parameters<typeof verdictsOf>[1];

/** How many claims about the two are proved. */
function expectProved(left: Expression, right: Expression, moments: readonly Moments[]): number {
  const areSame = areEquivalent(left, right).kind === 'proved';
  const isWider = subsumes(left, right).kind === 'proved';
  const isApart = areExclusive(left, right).kind === 'proved';
  if (!areSame && !isWider && !isApart) return 0;
  for (const moment of moments) {
    const [ours, theirs] = [verdictsOf(left, moment), verdictsOf(right, moment)];
    const differences = theirs.filter((verdict, index) => verdict !== ours[index]);
    expect(areSame ? differences : []).toEqual([]);
    expect(isApart && theirs.some((verdict, index) => verdict && ours[index])).toBe(false);
    expect(isWider ? differences.filter((verdict) => verdict) : []).toEqual([]);
  }
  return Number(areSame) + Number(isWider) + Number(isApart);
}
