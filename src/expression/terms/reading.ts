/** What a reader of a term's value gives back, and the complaints that several readers share. */
import type { Dialect } from './dialect.ts';
import type { FoundProblem, Span } from './problem.ts';
import { quotedWord } from './visible.ts';

/** What is wrong with a value; the parser knows where the value stands. */
export interface Complaint extends Omit<FoundProblem, 'span'> {
  /** The part of the value that is wrong; the whole value when left out. */
  readonly within?: Span;
}

/** The value read, or what is wrong with it. */
export type Reading<A> =
  | { readonly kind: 'argument'; readonly argument: A }
  | { readonly kind: 'complaint'; readonly complaint: Complaint };

/** Reads the value of a term as a dialect does; the name is there for messages. */
export type ReadArgument<A> = (value: string, name: string, dialect: Dialect) => Reading<A>;

/** A value that was read. */
export function readArgument<A>(argument: A): Reading<A> {
  return { kind: 'argument', argument };
}

/** A value that cannot be read. */
export function refuse(complaint: Complaint): Reading<never> {
  return { kind: 'complaint', complaint };
}

/** Where the number stands in a value, and what git-annex says when it is none. */
interface BadNumber {
  readonly value: string;
  /** Index in the value where the number should begin. */
  readonly start: number;
  readonly gitAnnexMessage: string;
}

/** Something else stands where a whole number should. */
export function badNumber(
  name: string,
  { value, start, gitAnnexMessage }: BadNumber,
): Reading<never> {
  const found = value.slice(start);
  return refuse({
    code: 'BX105',
    message: `"${name}" wants a whole number, got ${found === '' ? 'nothing' : quotedWord(found)}`,
    expected: 'a whole number, such as 2',
    hint: numberHint(name, found),
    gitAnnexMessage,
    within: { start, end: value.length },
  });
}

function numberHint(name: string, found: string): string | undefined {
  if (found === '') return `for example ${name}=${name.includes('balanced') ? 'GROUP:' : ''}1`;
  if (/^\+?\d+([.eE][+-]?\d+)?$/.test(found)) return 'write it with digits only';
  return undefined;
}

/** More separators than the value can have. */
export function badParts(
  name: string,
  {
    expected,
    hint,
    gitAnnexMessage = `bad value for ${name}`,
  }: { expected: string; hint: string; gitAnnexMessage?: string },
): Reading<never> {
  const message = `the value of "${name}" has too many parts`;
  return refuse({ code: 'BX106', message, expected, hint, gitAnnexMessage });
}
