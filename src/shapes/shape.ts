/** Shapes of JSON. Each says in a few words what is expected, of which a sentence is made where it is not there. */
import * as v from 'valibot';
import { isUuid, type Uuid } from '../units/index.ts';

/** What JSON must be to be read as a `T`. */
export type Shape<T> = v.GenericSchema<unknown, T>;

/** Any text. */
export const anyText: Shape<string> = v.string('a text');

/** A UUID as a text. */
export const uuid: Shape<Uuid> = v.custom<Uuid>(
  (value) => typeof value === 'string' && isUuid(value),
  'a UUID',
);

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
  const list = v.array(shape, 'a list');
  if (countMax === Number.POSITIVE_INFINITY) return list;
  return v.pipe(list, v.maxLength(countMax, `a list of no more than ${countMax}`));
}

/** A list of so many values, each of a shape of its own. */
export function rowOf<const S extends v.TupleItems>(
  shapes: S,
  expected: string = `a list of ${shapes.length}`,
): Shape<v.InferOutput<v.StrictTupleSchema<S, string>>> {
  return v.strictTuple(shapes, expected);
}

/** An object of which each field has a shape of its own; fields that have none are passed over. */
export function objectOf<const E extends v.ObjectEntries>(
  fields: E,
  expected: string = 'an object',
): Shape<v.InferOutput<v.ObjectSchema<E, string>>> {
  const object = v.object(fields, expected);
  const nothing = v.never(expected);
  // To valibot, a list is an object, too.
  return v.lazy((value) => (isObject(value) ? object : nothing));
}

/** An object as a table: names of one shape, `__proto__` and the like among them, and values of another. */
export function tableOf<K extends string, T>(
  name: Shape<K>,
  shape: Shape<T>,
): Shape<ReadonlyMap<K, T>> {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, 'an object'),
    v.transform((value) => new Map<unknown, unknown>(Object.entries(value))),
    v.map(name, shape),
  );
}

/** The value, or null, which becomes `undefined`. */
export function orNull<T>(shape: Shape<T>): Shape<T | undefined> {
  return v.pipe(
    v.nullable(shape),
    v.transform((value) => value ?? undefined),
  );
}

/** The value, or `undefined` in place of one of another shape: of many, such are passed over. */
export function orUnread<T>(shape: Shape<T>): Shape<T | undefined> {
  return v.fallback(v.optional(shape), undefined);
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

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
