import * as v from 'valibot';
import { plain } from '../units/index.ts';
import { isObject, type Shape } from './shape.ts';

/** A value does not have the shape that it should have: a sentence says what was expected, and where. */
export class Misfit extends Error {}

/**
 * A value of JSON, or a part of one, read as a shape.
 * @throws {@link Misfit} when it is none.
 */
export function fit<T>(shape: Shape<T>, value: unknown): T {
  const parsed = v.safeParse(shape, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new Misfit(misfitText(parsed.issues[0]));
}

function misfitText({ path, input, message }: v.BaseIssue<unknown>): string {
  const last = path?.at(-1);
  if (last?.type === 'map' && last.origin === 'key') {
    const table = placeOf(path?.slice(0, -1));
    return plain(`${table} has the name ${shortText(last.key)}, where ${message} was expected`);
  }
  const place = placeOf(path);
  // The value as it stands in the text, not what a shape has made of it by then.
  const found = last === undefined ? input : last.value;
  if (found === undefined) return plain(`${place} is missing`);
  return plain(`${place} is ${shortText(found)}, where ${message} was expected`);
}

function placeOf(path: readonly v.IssuePathItem[] = []): string {
  if (path.length === 0) return 'the text';
  return path.reduce((whole, { key, type }) => {
    if (type === 'array') return `${whole}[${String(key)}]`;
    const name = String(key).slice(0, nameLengthMax);
    return whole === '' ? name : `${whole}.${name}`;
  }, '');
}

const nameLengthMax = 60;
const valueLengthMax = 40;

function shortText(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  // A text of digits that was read by then.
  const whole = JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? 'nothing';
  return whole.length <= valueLengthMax ? whole : `${whole.slice(0, valueLengthMax)}…`;
}
