import type { Randomness } from './randomness.ts';

/**
 * An expression of some of the terms given, as `randomwanted` makes it (spec/sim.md section 5.5): each
 * piece goes before the earlier ones, and all but the first are followed by what joins them.
 */
export function randomExpression(terms: readonly string[], randomness: Randomness): string {
  return randomness.together((upTo) => {
    const count = 1 + upTo(terms.length - 1);
    const pieces: string[] = [];
    for (let piece = 0; piece < count; piece += 1) {
      const term = terms[upTo(terms.length - 1)] ?? '';
      const negation = upTo(1) === 1 ? 'not ' : '';
      const joint = upTo(1) === 1 ? ' and' : ' or';
      pieces.push(`${negation}${term}${piece === 0 ? '' : joint}`);
    }
    return pieces.reverse().join(' ');
  });
}
