import { parametersOfOwn, problemReferences, type Json } from '../../../protocol/index.ts';
import { refusals } from './direct-api.ts';

const text: Json = { type: 'string' };

/** An object of JSON of one kind, that has all of some members. */
function kindOf(kind: string, members: Readonly<Record<string, Json>> = {}): Json {
  const properties = { kind: { const: kind }, ...members };
  return { type: 'object', required: Object.keys(properties), properties };
}

const stored = kindOf('stored', { nodes: { type: 'array', items: text } });

const send = kindOf('send', {
  method: { const: 'PUT' },
  url: { type: 'string', format: 'uri' },
  headers: { type: 'object', additionalProperties: text },
  expires: { type: 'string', format: 'date-time' },
  lifeSeconds: { type: 'integer' },
  node: text,
});

const refused = kindOf('refused', {
  reason: { type: 'string', enum: Object.keys(refusals) },
  message: text,
});

function operationOf(operationId: string, description: string, schemas: readonly Json[]): Json {
  const answer = (of: string, schema: Json): Json => ({
    description: of,
    content: { 'application/json': { schema } },
  });
  return {
    post: {
      operationId,
      description,
      tags: ['put'],
      parameters: parametersOfOwn(['key', 'associatedFile']),
      security: [{}, { basic: [] }],
      responses: {
        '200': answer('what was asked for', { oneOf: schemas }),
        '422': answer('why not', refused),
        ...problemReferences,
      },
    },
  };
}

/** The paths of OpenAPI 3.1 for uploads that go past the gateway (`direct-api`), beside those of the protocol. */
export const directPaths: Readonly<Record<string, Json>> = {
  '/ballast/{uuid}/upload-url': operationOf(
    'uploadUrl',
    'A request by which the client sends the content to S3 itself.',
    [kindOf('present'), send],
  ),
  '/ballast/{uuid}/upload-check': operationOf(
    'uploadCheck',
    'Judges what the client has sent to S3 itself, and stores it.',
    [stored],
  ),
};
