/**
 * The shapes of which a saved simulation consists. Each says in a few words what is expected, from which
 * {@link misfitText} makes a sentence.
 */
import * as v from 'valibot';
import { plain } from '../../units/index.ts';

/** What JSON must be to be read as a `T`. */
export type Shape<T> = v.GenericSchema<unknown, T>;

/** How numbers that stand for something are read: each must stand for one that the state has. */
export interface Numbers {
  readonly repository: Shape<number>;
  readonly file: Shape<number>;
  readonly key: Shape<number>;
  readonly repositories: number;
  readonly files: number;
  readonly keys: number;
}

/** Any text. */
export const text: Shape<string> = v.string('a text');

/** True or false. */
export const truth: Shape<boolean> = v.boolean('true or false');

/** A whole number that a double keeps exactly. */
export const wholeNumber: Shape<number> = v.pipe(
  v.number('a whole number'),
  v.safeInteger('a whole number'),
);

/** A whole number from one to another, both included. */
export function between(least: number, most: number, what = 'a whole number'): Shape<number> {
  const expected = `${what} from ${least} to ${most}`;
  return v.pipe(
    v.number(expected),
    v.safeInteger(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  );
}

/** Sizes are decimal texts, since they can exceed 2^53 (spec/expressions.md section 15). */
export const bytes: Shape<bigint> = v.pipe(
  v.string('a number of bytes as a text'),
  v.regex(/^-?\d{1,400}$/, 'a number of bytes as a text'),
  v.transform((digits) => BigInt(digits)),
);

/** A number of bytes that may be beyond what whole numbers are exact for. */
export const someBytes: Shape<number> = v.pipe(
  v.number('a number of bytes'),
  v.minValue(0, 'a number of bytes'),
);

/** Many numbers are looked at all at once. */
export const wholeNumbers: Shape<readonly number[]> = v.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.every((each) => Number.isSafeInteger(each)),
  'a list of whole numbers',
);

/** A list of values of one shape, at most so many. */
export function listOf<T>(
  shape: Shape<T>,
  countMax: number = Number.POSITIVE_INFINITY,
): Shape<T[]> {
  return v.pipe(
    v.array(shape, 'a list'),
    v.maxLength(countMax, `a list of no more than ${countMax}`),
  );
}

/** An object whose fields may have any names: `__proto__` and the like among them. */
export function tableOf<T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, 'an object'),
    v.transform((value) => new Map(Object.entries(value))),
    v.map(v.string(), shape),
  );
}

/** The value, or null, which becomes `undefined`. */
export function orNull<T>(shape: Shape<T>): Shape<T | undefined> {
  return v.pipe(
    v.nullable(shape),
    v.transform((value) => value ?? undefined),
  );
}

/** One of some words. */
export function oneOf<const W extends readonly string[]>(words: W): Shape<W[number]> {
  return v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(', ')}`);
}

/** What a function makes of a value, which must not be `undefined`. */
export function madeBy<S, T>(
  shape: Shape<S>,
  make: (value: S) => T | undefined,
  expected: string,
): Shape<T> {
  return v.pipe(
    shape,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const made = make(dataset.value);
      if (made !== undefined) return made;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

/**
 * Reads a value as a shape.
 * @throws {@link Misfit} when it is none.
 */
export function read<T>(shape: Shape<T>, value: unknown): T {
  const parsed = v.safeParse(shape, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new Misfit(misfitText(parsed.issues[0]));
}

/** A value does not have the shape that it should have: a sentence says what was expected, and where. */
export class Misfit extends Error {}

function misfitText({ path, input, message }: v.BaseIssue<unknown>): string {
  const where = (path ?? []).reduce((whole, { key, type }) => {
    if (type === 'array') return `${whole}[${String(key)}]`;
    const name = String(key).slice(0, nameLengthMax);
    return whole === '' ? name : `${whole}.${name}`;
  }, '');
  const what = where === '' ? 'the text' : where;
  if (input === undefined) return plain(`${what} is missing`);
  return plain(`${what} is ${shortText(input)}, where ${message} was expected`);
}

const nameLengthMax = 60;
const valueLengthMax = 40;

function shortText(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  const whole = JSON.stringify(value) ?? 'nothing';
  return whole.length <= valueLengthMax ? whole : `${whole.slice(0, valueLengthMax)}…`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
