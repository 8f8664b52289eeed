/** `metadata=` (spec/expressions.md section 6.9). */
import type { MetadataArgument, MetadataOperator, MetadataTest } from '../../expression/index.ts';
import { parseFraction } from '../../units/index.ts';
import { undecidable } from './files.ts';
import type { Operand } from '../world/question.ts';

const noValues: readonly string[] = [];

/** True when any current value of the field passes. */
export function compileMetadata({ field, test }: MetadataArgument): Operand {
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

/** JavaScript compares UTF-16 code units, which orders characters beyond U+FFFF too low. */
function compareCodePoints(left: string, right: string): number {
  const rightCharacters = Array.from(right);
  const leftCharacters = Array.from(left);
  for (const [index, character] of leftCharacters.entries()) {
    const other = rightCharacters[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return leftCharacters.length - rightCharacters.length;
}
