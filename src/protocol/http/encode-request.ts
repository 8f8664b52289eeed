import { serializeKey } from '../../key/index.ts';
import type { Uuid } from '../../units/index.ts';
import { requestFields, httpForm, type FieldName, type FieldValues } from '../fields.ts';
import { isOffered, requests, type Request } from '../requests.ts';
import { has } from '../table.ts';
import { newestVersion, type ProtocolVersion } from '../version.ts';
import { contentType, contentVerb, jsonContentType, mediaTypes } from './endpoints.ts';
import { percentEncode, percentEncodeSegment } from './percent.ts';
import { bypassName } from './read-fields.ts';
import { wrapText } from './wrapped-text.ts';

/** Who asks whom, and how. */
export interface HttpEnvelope {
  readonly version: ProtocolVersion;
  readonly server: Uuid;
  /** The client's own name for itself. Left out it is not sent: only `keepLocked` allows that. */
  readonly client?: string | undefined;
  /** Gateways not to be connected to. */
  readonly bypass?: readonly string[];
  /** A `get` by the route without a version, which takes no offset and needs no client. */
  readonly isUnversioned?: boolean;
}

/** A request as it goes over HTTP. */
export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Path and query, from `/git-annex/` on. */
  readonly target: string;
  /** In the real client's order, without what the connection adds (Host, lengths). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * What the body holds: nothing (`Content-Length: 0` with a POST), the content in chunks, or
   * `keepLockedPieces`.
   */
  readonly body: 'nothing' | 'content' | 'unlocks';
}

/** How long the server is asked to keep the connection of a `keepLocked`, as by the real client. */
const keepAliveSeconds = 1200;

const bodyHeaders: Readonly<Record<HttpCall['body'], HttpCall['headers']>> = {
  nothing: [],
  content: [['Content-Type', contentType]],
  unlocks: [
    ['Content-Type', jsonContentType],
    ['Connection', 'Keep-Alive'],
    ['Keep-Alive', `timeout=${keepAliveSeconds}`],
  ],
};

/**
 * A request in the form that the real client gives it (spec/p2p-http.md section 6).
 *
 * @returns `undefined` when the version lacks the request or what it says; the client then asks in
 * another way, as the real one does.
 */
export function encodeRequest(request: Request, envelope: HttpEnvelope): HttpCall | undefined {
  const isUnversioned = envelope.isUnversioned === true;
  const version = isUnversioned ? newestVersion : envelope.version;
  const { verb } = request;
  if (!isOffered(verb, version) || (isUnversioned && verb !== contentVerb)) return undefined;
  const http = requests[verb].http;
  const written: Written = { query: [], headers: [] };
  for (const name of fieldOrder) {
    if (name === 'clientUuid') writeEnvelope(envelope, written);
    else if (!(name === 'key' && verb === contentVerb)) {
      if (!writeField(name, request, version, isUnversioned, written)) return undefined;
    }
  }
  const segments = ['git-annex', wrapText(envelope.server)];
  if (!isUnversioned) segments.push(`v${version}`);
  segments.push(http.path);
  if (request.verb === contentVerb) segments.push(wrapText(serializeKey(request.key)));
  const path = segments.map((segment) => `/${percentEncodeSegment(segment)}`).join('');
  const query = written.query.join('&');
  return {
    method: verb === contentVerb ? 'GET' : 'POST',
    target: query === '' ? path : `${path}?${query}`,
    headers: [
      ['Accept', mediaTypes[http.gives].accept],
      ...bodyHeaders[http.takes],
      ...written.headers,
    ],
    body: http.takes,
  };
}

const fieldOrder: readonly FieldName[] = Object.keys(requestFields).filter((name) =>
  isFieldName(name),
);

function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(requestFields, name);
}

/** What has been written of a request. */
interface Written {
  readonly query: string[];
  readonly headers: (readonly [name: string, value: string])[];
}

function addParameter(written: Written, name: string, value: string): void {
  written.query.push(`${name}=${percentEncode(value)}`);
}

function writeEnvelope({ client, bypass = [] }: HttpEnvelope, written: Written): void {
  const form = httpForm('clientUuid');
  const text = client === undefined ? undefined : form.write(client);
  if (text !== undefined) addParameter(written, form.name, text);
  for (const uuid of bypass) addParameter(written, bypassName, wrapText(uuid));
}

/** Whether the version can say what the field says; a field that says the usual is left out. */
function writeField(
  name: FieldName,
  request: Request,
  version: ProtocolVersion,
  isUnversioned: boolean,
  written: Written,
): boolean {
  const form = httpForm(name);
  const values: object = request;
  if (!has<FieldValues, FieldName>(values, name)) return true;
  if (isUnversioned && form.isVersionedOnly === true) return true;
  const value = values[name];
  const isAlwaysSent = requests[request.verb].http.alwaysSent.some((each) => each === name);
  if (form.missing !== undefined && value === form.missing.value && !isAlwaysSent) return true;
  const text = form.write(value);
  if (text === undefined) return true;
  if (form.since !== undefined && version < form.since) return false;
  if (form.place === 'query') addParameter(written, form.name, text);
  else written.headers.push([form.name, text]);
  return true;
}
