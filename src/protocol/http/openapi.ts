import { httpForm, type FieldName } from '../fields.ts';
import { jsonForm } from '../reply-form.ts';
import { replies, type ReplyField, type ReplyKind } from '../replies.ts';
import { isOffered, requests, verbs, type Verb } from '../requests.ts';
import { newestVersion, protocolVersions, type ProtocolVersion } from '../version.ts';
import { contentVerb, mediaTypes } from './endpoints.ts';
import { problemStatuses } from './problem.ts';
import { bypassName } from './read-fields.ts';

/** A value of JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

type JsonObject = Readonly<Record<string, Json>>;

/**
 * The description of the HTTP interface by OpenAPI 3.1, made of the tables of the protocol: every
 * endpoint in every version that has it, and the route without a version.
 *
 * @param own paths of who answers the protocol, beside its own.
 */
export function openApi(own: JsonObject = {}): JsonObject {
  const versioned = protocolVersions.flatMap((each) =>
    verbs
      .filter((verb) => isOffered(verb, each))
      .map((verb): [string, JsonObject] => [pathOf(verb, `/v${each}`), itemOf(verb, each)]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'git-annex P2P protocol over HTTP',
      version: String(newestVersion),
      description: 'Contents of git-annex repositories, by key.',
    },
    paths: {
      ...Object.fromEntries([...versioned, [pathOf(contentVerb, ''), itemOf(contentVerb)]]),
      ...own,
    },
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      responses: problemResponses,
    },
  };
}

function pathOf(verb: Verb, version: string): string {
  const path = `/git-annex/{uuid}${version}/${requests[verb].http.path}`;
  return verb === contentVerb ? `${path}/{key}` : path;
}

/** @param version left out: the route without one. */
function itemOf(verb: Verb, version?: ProtocolVersion): JsonObject {
  const operation = operationOf(verb, version);
  if (verb !== contentVerb) return { post: operation };
  const { responses, ...rest } = operation;
  return { get: operation, head: { ...rest, operationId: idOf('head', version), responses } };
}

function idOf(name: string, version: ProtocolVersion | undefined): string {
  return version === undefined ? name : `${name}V${version}`;
}

function operationOf(
  verb: Verb,
  version: ProtocolVersion | undefined,
): Readonly<Record<string, Json>> & { readonly responses: Json } {
  const row = requests[verb];
  return {
    operationId: idOf(verb, version),
    tags: [row.permission],
    parameters: parametersOf(verb, version),
    ...bodyOf(verb),
    security: [{}, { basic: [] }],
    responses: { '200': successOf(verb, version ?? newestVersion), ...problemReferences },
  };
}

const text: JsonObject = { type: 'string' };
const uuid: JsonObject = { type: 'string', minLength: 1 };

/** How the values of fields look; a text says so itself that it is base64url, in brackets. */
const fieldSchemas: Readonly<Record<FieldName, JsonObject>> = {
  key: { type: 'string', pattern: '^[^-]+(-s[0-9]+)?(-m[0-9]+)?(-S[0-9]+)?(-C[0-9]+)?--|^\\[' },
  lockId: uuid,
  clientUuid: uuid,
  associatedFile: text,
  offsetBytes: { type: 'integer', minimum: 0, default: 0 },
  timestampSeconds: { type: 'integer' },
  isDataPresent: { type: 'boolean', default: false },
  lengthBytes: { type: 'integer', minimum: 0 },
};

/** The parameters of an endpoint that the protocol has not: the UUID in its path, and some fields in its query. */
export function parametersOfOwn(fields: readonly FieldName[]): readonly Json[] {
  return [
    { name: 'uuid', in: 'path', required: true, schema: uuid },
    ...fields.map((name) => {
      const form = httpForm(name);
      const required = form.missing === undefined;
      return { name: form.name, in: 'query', required, schema: fieldSchemas[name] };
    }),
  ];
}

function parametersOf(verb: Verb, version: ProtocolVersion | undefined): Json[] {
  const row: { readonly fields: readonly FieldName[] } = requests[verb];
  const parameters: Json[] = [{ name: 'uuid', in: 'path', required: true, schema: uuid }];
  const isOptional = version === undefined || verb === 'keepLocked';
  for (const name of row.fields) {
    const form = httpForm(name);
    if (form.isVersionedOnly === true && version === undefined) continue;
    if (form.since !== undefined && (version ?? newestVersion) < form.since) continue;
    const isInPath = verb === contentVerb && name === 'key';
    parameters.push({
      name: form.name,
      in: isInPath ? 'path' : form.place,
      required: isInPath || form.missing === undefined,
      schema: fieldSchemas[name],
    });
  }
  parameters.push(
    { name: httpForm('clientUuid').name, in: 'query', required: !isOptional, schema: uuid },
    { name: bypassName, in: 'query', schema: { type: 'array', items: uuid } },
  );
  return parameters;
}

const binary: JsonObject = { [mediaTypes.content.type]: { schema: {} } };

function bodyOf(verb: Verb): JsonObject {
  const { takes } = requests[verb].http;
  if (takes === 'nothing') return {};
  if (takes === 'content') return { requestBody: { content: binary } };
  const unlock = {
    type: 'object',
    required: ['unlock'],
    properties: { unlock: { type: 'boolean' } },
  };
  return {
    requestBody: {
      description:
        'Such objects one after the other; the lock ends with the first true or the end.',
      content: { [mediaTypes.json.type]: { schema: unlock } },
    },
  };
}

function successOf(verb: Verb, version: ProtocolVersion): JsonObject {
  const row: { readonly http: { readonly gives: string }; readonly replies: readonly ReplyKind[] } =
    requests[verb];
  if (row.http.gives === 'content') {
    const length = { required: true, schema: fieldSchemas.lengthBytes };
    return {
      description: 'The content, from the offset on.',
      headers: { [httpForm('lengthBytes').name]: length },
      content: binary,
    };
  }
  const schemas = row.replies.map((kind) => schemaOf(kind, version));
  const [first] = schemas;
  const schema: Json = schemas.length === 1 && first !== undefined ? first : { oneOf: schemas };
  return {
    description: row.replies.join(', or '),
    content: { [mediaTypes.json.type]: { schema } },
  };
}

const replySchemas: Readonly<Record<ReplyField, JsonObject>> = {
  isPresent: { type: 'boolean' },
  isStored: { type: 'boolean' },
  isRemoved: { type: 'boolean' },
  alsoIn: { type: 'array', items: uuid },
  offsetBytes: { type: 'integer', minimum: 0 },
  seconds: { type: 'integer' },
  lockId: uuid,
};

function schemaOf(kind: ReplyKind, version: ProtocolVersion): JsonObject {
  const members = Object.entries<boolean | ReplyField>(replies[kind].json).filter(
    ([, member]) => typeof member === 'boolean' || version >= (jsonForm(member).since ?? 0),
  );
  return {
    type: 'object',
    required: members.map(([name]) => name),
    properties: Object.fromEntries(
      members.map(([name, member]) => [
        name,
        typeof member === 'boolean' ? { const: member } : replySchemas[member],
      ]),
    ),
  };
}

/** The responses of every endpoint that stand in place of a success, by status. */
export const problemReferences: JsonObject = Object.fromEntries(
  problemStatuses.map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
);

const challenge: JsonObject = {
  'WWW-Authenticate': { schema: { const: 'Basic realm="git-annex", charset="UTF-8"' } },
};

const reason: JsonObject = { 'text/plain': { schema: text } };

const problemResponses: JsonObject = Object.fromEntries(
  problemStatuses.map(({ status, name, description, hasText }) => [
    name,
    {
      description,
      ...(status === '401' ? { headers: challenge } : {}),
      ...(hasText ? { content: reason } : {}),
    },
  ]),
);
