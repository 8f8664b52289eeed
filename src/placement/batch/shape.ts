import { plain, type Read } from '../../units/index.ts';
/** JSON of unknown make, read into what it should be, with words about where it is not. */

/** Reads a part of a JSON value; `where` names the part. Throws inside {@link readJson} only. */
export type Shape<T> = (value: unknown, where: string) => T;

/** What a shape says of a value that does not fit; it never leaves {@link readJson}. */
class Misfit extends Error {}

/** Reads a text of JSON as a shape. */
export function readJson<T>(json: string, shape: Shape<T>): Read<T> {
  try {
    return { kind: 'value', value: shape(JSON.parse(json), '') };
  } catch (error) {
    // Both quote the text that they failed on.
    if (error instanceof Misfit) return { kind: 'problem', message: plain(error.message) };
    if (error instanceof SyntaxError) {
      return { kind: 'problem', message: `it is not JSON: ${plain(error.message).slice(0, 120)}` };
    }
    throw error;
  }
}

/** Says that a part is not what it should be. */
export function misfit(where: string, expected: string): never {
  throw new Misfit(`${where === '' ? 'the line' : where} ${expected}`);
}

/** A text, which may be empty. */
export const string: Shape<string> = (value, where) =>
  typeof value === 'string' ? value : misfit(where, 'is not a string');

/** True or false. */
export const boolean: Shape<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : misfit(where, 'is neither true nor false');

/** A whole number that a double holds exactly: at most 2^53 - 1 from 0. */
export const wholeNumber: Shape<number> = (value, where) =>
  Number.isSafeInteger(value) ? Number(value) : misfit(where, 'is not a whole number');

/**
 * Sizes in bytes are decimal strings, since they can exceed 2^53 (spec/expressions.md section 15).
 */
export const bytes: Shape<bigint> = (value, where) => {
  const digits = string(value, where);
  return /^-?\d{1,400}$/.test(digits) ? BigInt(digits) : misfit(where, 'is not a decimal string');
};

/** One of some words. */
export function oneOf<W extends string>(words: readonly W[]): Shape<W> {
  return (value, where) =>
    words.find((word) => word === value) ?? misfit(where, `is none of ${words.join(', ')}`);
}

/** The value or null; null becomes `undefined`. */
export function orNull<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, where) => (value === null ? undefined : shape(value, where));
}

/** A list of values of one shape. */
export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) return misfit(where, 'is not a list');
    return value.map((each: unknown, index) => shape(each, `${where}[${index}]`));
  };
}

/** An object used as a table: names of one shape, values of another. */
export function tableOf<K extends string, V>(
  name: Shape<K>,
  shape: Shape<V>,
): Shape<ReadonlyMap<K, V>> {
  return (value, where) =>
    new Map(
      entriesOf(value, where).map(([key, each]) => [
        name(key, `${where} has a name that`),
        shape(each, `${where}.${key.slice(0, 60)}`),
      ]),
    );
}

/** The fields of an object. */
export interface Fields {
  /** A field that must be there. */
  get<T>(name: string, shape: Shape<T>): T;
  /** A field that may be left out. */
  find<T>(name: string, shape: Shape<T>): T | undefined;
}

/** An object, to be read field by field; fields that nobody asks for are passed over. */
export const fields: Shape<Fields> = (value, where) => {
  const entries = new Map(entriesOf(value, where));
  const place = (name: string): string => (where === '' ? name : `${where}.${name}`);
  return {
    get: (name, shape) =>
      entries.has(name) ? shape(entries.get(name), place(name)) : misfit(place(name), 'is missing'),
    find: (name, shape) => (entries.has(name) ? shape(entries.get(name), place(name)) : undefined),
  };
};

function entriesOf(value: unknown, where: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return misfit(where, 'is not an object');
  }
  return Object.entries(value);
}
