/**
 * The values of the balanced terms (spec/expressions.md section 12.1, spec/newest.md sections 1.3
 * and 2.4).
 */
import { parseWholeNumber } from '../../units/index.ts';
import {
  copiesOf,
  readLacking,
  type CopiesArgument,
  type LackingArgument,
} from './copies-arguments.ts';
import { dialects, isAtLeast, type Dialect } from './dialect.ts';
import { parseGroupLimit, type GroupLimit } from './group-limit.ts';
import { badNumber, badParts, readArgument, type ReadArgument } from './reading.ts';

/** How many members take each key. */
export type BalancedNumber =
  | { readonly kind: 'fixed'; readonly number: bigint }
  /**
   * As many as numcopies lacks outside of the group, among the repositories that match the limit.
   */
  | { readonly kind: 'lacking'; readonly limit: GroupLimit | undefined };

/** The value of `fullybalanced` and `fullysizebalanced`. */
export interface BalancedArgument {
  readonly group: string;
  readonly number: BalancedNumber;
}

/** When `balanced` and `sizebalanced` look for more members at all. */
export type BalancedTest =
  /** Not before there are fewer copies than this. */
  | { readonly kind: 'notCopies'; readonly copies: CopiesArgument }
  | { readonly kind: 'lackingCopies'; readonly lacking: LackingArgument };

/** The value of `balanced` and `sizebalanced`, which keep what is present. */
export interface KeepingBalancedArgument extends BalancedArgument {
  readonly test: BalancedTest;
}

/** `GROUP`, `GROUP:N`; since 10.20250520 `GROUP:lackingcopies`, since 10.20260901 with `=LIMIT`. */
export const readBalanced: ReadArgument<BalancedArgument> = (value, name, dialect) => {
  const [group = '', second, ...rest] = value.split(':');
  if (rest.length > 0) {
    return badParts(name, {
      expected: 'GROUP, GROUP:NUMBER or GROUP:lackingcopies',
      hint: 'neither a group whose name holds ":" nor a limit with one can be named here',
    });
  }
  const lacking = second === undefined ? undefined : lackingNumber(second, dialect);
  if (lacking !== undefined) return readArgument({ group, number: lacking });
  const number = second === undefined ? 1n : parseWholeNumber(second);
  if (number === undefined) {
    const start = group.length + 1;
    return badNumber(name, { value, start, gitAnnexMessage: `bad number for ${name}` });
  }
  return readArgument({ group, number: { kind: 'fixed', number } });
};

/**
 * Reads the argument of a term that keeps what is there, with the test that comes before the pick. With `lackingcopies` it is put together as
 * text and read anew, which refuses some values that the other terms take (spec/newest.md section
 * 1.3).
 */
export const readKeepingBalanced: ReadArgument<KeepingBalancedArgument> = (
  value,
  name,
  dialect,
) => {
  const reading = readBalanced(value, name, dialect);
  if (reading.kind === 'complaint') return reading;
  const { group, number } = reading.argument;
  if (number.kind === 'fixed') {
    // The real term: with a group named after a trust level it counts that trust level.
    const copies = { of: copiesOf(group), number: number.number };
    return readArgument({ group, number, test: { kind: 'notCopies', copies } });
  }
  const limit = value.slice(value.indexOf(':') + 1).slice('lackingcopies='.length);
  const text = number.limit === undefined ? '1' : `${limit}+${group}=1`;
  const lacking = readLacking(text, name, dialect);
  if (lacking.kind === 'argument') {
    return readArgument({
      group,
      number,
      test: { kind: 'lackingCopies', lacking: lacking.argument },
    });
  }
  return badParts(name, {
    expected: 'GROUP:lackingcopies=LIMIT without "=" in either',
    hint: 'a group whose name holds "=" cannot be named together with a limit',
    gitAnnexMessage: lacking.complaint.gitAnnexMessage ?? '',
  });
};

/** As many as are lacking, if `lackingcopies` it is; that is not there in older dialects. */
function lackingNumber(text: string, dialect: Dialect): BalancedNumber | undefined {
  if (text === 'lackingcopies' && isAtLeast(dialect, dialects.balancedLackingCopies)) {
    return { kind: 'lacking', limit: undefined };
  }
  if (text.startsWith('lackingcopies=') && isAtLeast(dialect, dialects.groupLimits)) {
    return { kind: 'lacking', limit: parseGroupLimit(text.slice('lackingcopies='.length)) };
  }
  return undefined;
}
