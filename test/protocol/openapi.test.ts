import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { isOffered, openApi, protocolVersions, requests } from '../../src/protocol/index.ts';
import { verbs } from '../../src/protocol/requests.ts';
import { directPaths } from '../../src/gateway/http/direct/direct-description.ts';

const description: unknown = JSON.parse(JSON.stringify(openApi()));
/** With what is the gateway's own. */
const served: unknown = JSON.parse(JSON.stringify(openApi(directPaths)));

/** What it has of statuses. */
const described = v.object({
  paths: v.record(
    v.string(),
    v.record(
      v.string(),
      v.object({ responses: v.record(v.string(), v.object({ $ref: v.optional(v.string()) })) }),
    ),
  ),
  components: v.object({
    responses: v.record(v.string(), v.object({ content: v.optional(v.unknown()) })),
  }),
});

/** Statuses in place of a success whose answers have a text, and those that have no body. */
const told = [400, 403, 429, 500, 501, 502, 503, 507];
const bare = [401, 404, 405, 406];

function pathsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('paths' in value))
    throw new Error('no paths');
  const { paths } = value;
  if (typeof paths !== 'object' || paths === null) throw new Error('no paths');
  return Object.keys(paths);
}

describe('the OpenAPI description', () => {
  it('is a valid one, of a gateway, too', async () => {
    const validator = new Validator();
    for (const one of [description, served]) {
      if (typeof one !== 'object' || one === null) throw new Error('no object');
      expect(await validator.validate({ ...one })).toEqual({ valid: true });
    }
    expect(validator.version).toBe('3.1');
  });

  it('has every endpoint of every version once, and the route without a version', () => {
    const expected = ['/git-annex/{uuid}/key/{key}'];
    for (const version of protocolVersions) {
      for (const verb of verbs.filter((verb) => isOffered(verb, version))) {
        const { path } = requests[verb].http;
        const place = verb === 'get' ? `${path}/{key}` : path;
        expected.push(`/git-annex/{uuid}/v${version}/${place}`);
      }
    }
    expect(pathsOf(description).sort()).toEqual(expected.sort());
  });

  it('says of every endpoint which statuses stand in place of a success, and with a text', () => {
    const { paths, components } = v.parse(described, description);
    const expected = {
      ...Object.fromEntries(bare.map((status) => [status, false])),
      ...Object.fromEntries(told.map((status) => [status, true])),
    };
    for (const operation of Object.values(paths).flatMap((item) => Object.values(item))) {
      const { 200: _, ...others } = operation.responses;
      const hasText = Object.entries(others).map(([status, { $ref = '' }]) => {
        const name = $ref.replace('#/components/responses/', '');
        return [status, components.responses[name]?.content !== undefined];
      });
      expect(Object.fromEntries(hasText)).toEqual(expected);
    }
  });

  it('has of a gateway the uploads that go past it', () => {
    const own = pathsOf(served).filter((path) => !pathsOf(description).includes(path));
    expect(own).toEqual(['/ballast/{uuid}/upload-url', '/ballast/{uuid}/upload-check']);
    const parameters = [
      { name: 'uuid', in: 'path', required: true },
      { name: 'key', in: 'query', required: true },
      { name: 'associatedfile', in: 'query', required: false },
    ];
    for (const path of own) {
      expect(served).toMatchObject({ paths: { [path]: { post: { parameters } } } });
    }
  });

  it('gives operations names of their own', () => {
    const ids = [...JSON.stringify(served).matchAll(/"operationId":"([^"]+)"/g)];
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length);
  });

  it('says what each version has', () => {
    expect(description).toMatchObject({
      paths: {
        '/git-annex/{uuid}/v1/remove': {
          post: {
            responses: {
              '200': { content: { 'application/json': { schema: { required: ['removed'] } } } },
            },
          },
        },
        '/git-annex/{uuid}/v2/remove': {
          post: {
            responses: {
              '200': {
                content: { 'application/json': { schema: { required: ['plusuuids', 'removed'] } } },
              },
            },
          },
        },
      },
    });
    const put = (version: number): string =>
      JSON.stringify(openApi()['paths']).split(`/v${version}/put"`)[1]?.split('"/git-annex')[0] ??
      '';
    expect(put(4)).toContain('data-present');
    expect(put(3)).not.toContain('data-present');
  });
});
