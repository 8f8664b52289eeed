import { plain, type Read } from '../units/index.ts';
import { fit, Misfit } from './fit.ts';
import type { Shape } from './shape.ts';

/** Reads a text of JSON as a shape, or says in a sentence what in it was expected to be otherwise. */
export function readJson<T>(json: string, shape: Shape<T>): Read<T> {
  return readJsonInParts(json, (whole) => fit(shape, whole));
}

/**
 * Reads a text of JSON of which one part says how others have to be.
 * @param make what is to come of it, by {@link fit} of each part.
 */
export function readJsonInParts<T>(json: string, make: (whole: unknown) => T): Read<T> {
  try {
    return { kind: 'value', value: make(JSON.parse(json)) };
  } catch (error) {
    if (error instanceof Misfit) return { kind: 'problem', message: error.message };
    // It quotes the text that it failed on.
    if (!(error instanceof SyntaxError)) throw error;
    const reason = plain(error.message).slice(0, reasonLengthMax);
    return { kind: 'problem', message: `it is not JSON: ${reason}` };
  }
}

const reasonLengthMax = 120;
