/** `metadata=` (spec/expressions.md section 6.9). */
import type { MetadataArgument, MetadataOperator, MetadataTest } from '../../expression/index.ts';
import { compareCodePoints, parseFraction } from '../../units/index.ts';
import { lintGlob, undecidable } from '../family/globs.ts';
import type { Lints } from '../family/lint.ts';
import { valueWords, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { Operand } from '../world/question.ts';

/** What the term means. */
export const compile: Meanings<'metadata'> = { metadata: compileMetadata };

/** Why the term has its value. */
export const because: Reasons<'metadata'> = {
  metadata: ({ argument: { field } }, { question: { item, world } }) =>
    `${field} is ${valueWords(world.metadata?.(item).get(field) ?? noValues)}`,
};

/** What is odd about the term. */
export const lint: Lints<'metadata'> = {
  metadata: {
    alone: (term) => {
      const { test } = term.argument;
      return test.kind === 'matches' ? lintGlob(test.glob, term) : [];
    },
  },
};

const noValues: readonly string[] = [];

/** True when any current value of the field passes. */
function compileMetadata({ field, test }: MetadataArgument): Operand {
  if (test.kind === 'matches' && !test.glob.isCompilable) return undecidable;
  const passes = compileTest(test);
  return ({ item, world }) => (world.metadata?.(item).get(field) ?? noValues).some(passes);
}

function compileTest(test: MetadataTest): (value: string) => boolean {
  if (test.kind === 'matches') return (value) => test.glob.matches(value);
  const { operator, value: bound } = test;
  const boundNumber = parseFraction(bound);
  return (value) => {
    const number = boundNumber === undefined ? undefined : parseFraction(value);
    if (number === undefined || boundNumber === undefined) {
      return holds(operator, compareCodePoints(value, bound));
    }
    return holds(operator, compareNumbers(number, boundNumber));
  };
}

/** "NaN compares false": it is neither smaller, larger nor equal. */
function compareNumbers(left: number, right: number): number {
  if (left === right) return 0;
  return left < right ? -1 : left > right ? 1 : Number.NaN;
}

function holds(operator: MetadataOperator, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
