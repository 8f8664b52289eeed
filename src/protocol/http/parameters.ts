import { parseKey, type Key } from '../../key/index.ts';
import { undecodable, unwrapText } from './wrapped-text.ts';
import type { Target } from './target.ts';

/** Thrown inside the decoder and turned into an `HttpProblem` at its door. */
export class BadParameterError extends Error {}

/**
 * The parameters of a request, read one by one. The messages are the reference server's
 * (spec/p2p-http.md section 2).
 *
 * @throws BadParameterError from each reader.
 */
export class Parameters {
  readonly #query: Target['query'];

  constructor(query: Target['query']) {
    this.#query = query;
  }

  key(): Key {
    const key = parseKey(this.#unwrapped('key', this.#required('key')));
    if (key === undefined) throw failed('key', 'key parse error');
    return key;
  }

  clientUuid(): string {
    const uuid = this.#unwrapped('clientuuid', this.#required('clientuuid'));
    if (uuid === '') throw failed('clientuuid', 'empty UUID');
    return uuid;
  }

  optionalClientUuid(): string | undefined {
    return this.#first('clientuuid') === undefined ? undefined : this.clientUuid();
  }

  lockId(): string {
    const lockId = this.#unwrapped('lockid', this.#required('lockid'));
    if (lockId === '') throw failed('lockid', 'empty lockid');
    return lockId;
  }

  /** Gateways that the request has already passed; empty when it comes from a client. */
  bypass(): readonly string[] {
    const given = this.#query.filter(([name]) => name === 'bypass' || name === 'bypass[]');
    return given.map(([, value]) => {
      const uuid = unwrapText(value);
      if (uuid === undefined || uuid === '') {
        const why = uuid === '' ? 'empty UUID' : undecodable;
        throw new BadParameterError(`Error parsing query parameter(s) bypass failed: ${why}`);
      }
      return uuid;
    });
  }

  associatedFile(): string | undefined {
    const value = this.#first('associatedfile');
    return value === undefined ? undefined : this.#unwrapped('associatedfile', value);
  }

  offsetBytes(): number {
    const value = this.#first('offset');
    return value === undefined ? 0 : Math.max(0, integer(value) ?? fail('offset'));
  }

  timestampSeconds(): number {
    return integer(this.#required('timestamp')) ?? fail('timestamp');
  }

  isDataPresent(): boolean {
    const value = this.#first('data-present');
    if (value === undefined) return false;
    if (!/^(true|false)$/i.test(value))
      throw failed('data-present', `could not parse: \`${value}'`);
    return value.toLowerCase() === 'true';
  }

  #first(name: string): string | undefined {
    return this.#query.find(([given]) => given === name)?.[1];
  }

  #required(name: string): string {
    const value = this.#first(name);
    if (value === undefined) throw new BadParameterError(`Query parameter ${name} is required`);
    return value;
  }

  #unwrapped(name: string, value: string): string {
    const text = unwrapText(value);
    if (text === undefined) throw failed(name, undecodable);
    return text;
  }
}

/**
 * The `X-git-annex-data-length` of a put, bytes.
 *
 * @throws BadParameterError when it is missing or not a number.
 */
export function dataLength(header: string | undefined): number {
  const name = 'X-git-annex-data-length';
  if (header === undefined) throw new BadParameterError(`Header ${name} is required`);
  const length = integer(header);
  if (length === undefined) {
    throw new BadParameterError(`Error parsing header ${name} failed: ${name} parse error`);
  }
  return length;
}

/** Decimal digits, an optional minus, blanks around; beyond 2^53 it counts as 2^53 - 1. */
function integer(text: string): number | undefined {
  const match = /^\s*(-?\d+)\s*$/.exec(text);
  if (match === null) return undefined;
  const { MAX_SAFE_INTEGER: max } = Number;
  return Math.min(max, Math.max(-max, Number(match[1])));
}

function fail(name: string): never {
  throw failed(name, `${name} parse error`);
}

function failed(name: string, why: string): BadParameterError {
  return new BadParameterError(`Error parsing query parameter ${name} failed: ${why}`);
}
