import fc from 'fast-check';
import { expect, test } from 'vitest';
import grammar from '../../src/expression/generated/preferred-content.ohm-bundle.js';
import { parseExpression, parseGroupLimit } from '../../src/expression/index.ts';
import { check } from '../settings.ts';

/** Values out of the pieces that matter. */
const values = fc
  .array(
    fc.constantFrom(
      'a',
      'g',
      ':',
      '=',
      '+',
      '-',
      '1',
      '2',
      '0x',
      '0',
      '.5',
      'e3',
      'lackingcopies',
      'é',
    ),
    { maxLength: 7 },
  )
  .map((pieces) => pieces.join(''));

test.each([
  ['copies', 'copiesValue'],
  ['lackingcopies', 'lackingValue'],
  ['approxlackingcopies', 'lackingValue'],
  ['fullybalanced', 'balancedValue'],
  ['fullysizebalanced', 'balancedValue'],
])('%s= takes the values that the rule %s of the grammar does', (term, rule) => {
  const seen = { taken: 0, refused: 0 };

  check(
    fc.property(values, (value) => {
      const isTaken = parseExpression(`${term}=${value}`).kind === 'expression';
      seen[isTaken ? 'taken' : 'refused'] += 1;

      expect(isTaken).toBe(grammar.match(value, rule).succeeded());
    }),
    2000,
  );

  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(0.1 * (seen.taken + seen.refused));
});

test('every text is a group limit, and the pieces of the grammar are its groups', () => {
  const limits = fc
    .array(fc.constantFrom('+', '-', 'a', 'b', ':', '='))
    .map((each) => each.join(''));

  check(
    fc.property(limits, (text) => {
      const { included, excluded } = parseGroupLimit(text);
      const pieces = text.split(/[-+]+/).filter((piece) => piece !== '');

      expect(grammar.match(text, 'groupLimit').succeeded()).toBe(true);
      expect(new Set([...included, ...excluded])).toEqual(new Set(pieces));
    }),
  );
});
