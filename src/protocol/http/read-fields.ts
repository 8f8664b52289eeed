import { httpForm, type FieldName, type FieldValues, type HttpForm } from '../fields.ts';
import type { Draft } from '../requests.ts';
import { setValue } from '../table.ts';
import { Unreadable, type Readable } from '../unreadable.ts';
import type { ProtocolVersion } from '../version.ts';
import type { Target } from './target.ts';
import { undecodable, unwrapText } from './wrapped-text.ts';

/** Where the fields of a request are read from. */
export interface FieldSource {
  readonly query: Target['query'];
  /** The value of `X-git-annex-data-length`, the only header that is a field. */
  readonly dataLength: string | undefined;
  readonly version: ProtocolVersion;
  readonly isUnversioned: boolean;
}

/** The name of the parameter with gateways not to be connected to; it may be repeated. */
export const bypassName = 'bypass';

/** Reads one field into a request in the making; the text of the reason when it cannot. */
export function readInto(draft: Draft, name: FieldName, source: FieldSource): string | undefined {
  const read = readField(name, source);
  if (read instanceof Unreadable) return read.why;
  setValue<FieldValues, FieldName>(draft, name, read);
  return undefined;
}

/** The value of a field, or the reference server's text for what is wrong with it. */
export function readField<Name extends FieldName>(
  name: Name,
  source: FieldSource,
): Readable<FieldValues[Name]> {
  const form = httpForm(name);
  const text = isLookedAt(form, source) ? givenText(form, source) : undefined;
  if (text === undefined) {
    if (form.missing !== undefined) return form.missing.value;
    return new Unreadable(
      `${form.place === 'query' ? 'Query parameter' : 'Header'} ${form.name} is required`,
    );
  }
  const read = form.read(text);
  if (!(read instanceof Unreadable)) return read;
  const place = form.place === 'query' ? 'query parameter' : 'header';
  return new Unreadable(`Error parsing ${place} ${form.name} failed: ${read.why}`);
}

function isLookedAt(form: HttpForm<unknown>, source: FieldSource): boolean {
  if (form.isVersionedOnly === true && source.isUnversioned) return false;
  return form.since === undefined || source.version >= form.since;
}

function givenText(form: HttpForm<unknown>, source: FieldSource): string | undefined {
  return form.place === 'header' ? source.dataLength : firstValue(source.query, form.name);
}

/** The first of several values counts. */
export function firstValue(query: Target['query'], name: string): string | undefined {
  for (const [given, value] of query) if (given === name) return value;
  return undefined;
}

const none: readonly string[] = [];

/** Gateways that the request has already passed; empty when it comes from a client. */
export function readBypass(query: Target['query']): Readable<readonly string[]> {
  let uuids: string[] | undefined;
  for (const [name, value] of query) {
    if (name !== bypassName && name !== `${bypassName}[]`) continue;
    const uuid = unwrapText(value);
    if (uuid === undefined || uuid === '') {
      const why = uuid === '' ? 'empty UUID' : undecodable;
      return new Unreadable(`Error parsing query parameter(s) ${bypassName} failed: ${why}`);
    }
    uuids ??= [];
    uuids.push(uuid);
  }
  return uuids ?? none;
}
