import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { isOffered, openApi, protocolVersions, requests } from '../../src/protocol/index.ts';
import { verbs } from '../../src/protocol/requests.ts';

const description: unknown = JSON.parse(JSON.stringify(openApi()));

function pathsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('paths' in value))
    throw new Error('no paths');
  const { paths } = value;
  if (typeof paths !== 'object' || paths === null) throw new Error('no paths');
  return Object.keys(paths);
}

describe('the OpenAPI description', () => {
  it('is a valid one', async () => {
    if (typeof description !== 'object' || description === null) throw new Error('no object');
    const validator = new Validator();
    expect(await validator.validate({ ...description })).toEqual({ valid: true });
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

  it('gives operations names of their own', () => {
    const ids = [...JSON.stringify(description).matchAll(/"operationId":"([^"]+)"/g)];
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
