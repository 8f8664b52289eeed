import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import type { AccessOptions } from '../../../src/gateway/index.ts';
import { ask, newContent, pathOf } from '../annex-requests.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';

let directory: string;
beforeAll(async () => {
  directory = await newDemo();
});

/** Statuses of a read, a put, a removal, a lock and the two halves of git. */
async function statuses(demo: ServedDemo): Promise<number[]> {
  const { key } = newContent();
  const post = async (endpoint: string): Promise<number> => {
    const path = pathOf(demo, 'node1', endpoint, { key: serializeKey(key), lockid: 'x' });
    const headers = { 'X-git-annex-data-length': '300000' };
    const body = endpoint === 'put' ? Buffer.alloc(300_000) : undefined;
    return (await ask(demo, path, { method: 'POST', headers, body })).status;
  };
  const git = async (service: string): Promise<number> =>
    (await ask(demo, `/demo/info/refs?service=${service}`)).status;
  return [
    await post('checkpresent'),
    await post('put'),
    await post('remove'),
    await post('lockcontent'),
    await git('git-upload-pack'),
    await git('git-receive-pack'),
    await git('git%2Dreceive-pack'),
  ];
}

const modes: readonly (readonly [string, AccessOptions, readonly number[]])[] = [
  ['wideopen', { wideopen: true }, [200, 200, 200, 200, 200, 200, 200]],
  [
    'wideopen, nolocking',
    { wideopen: true, unauthNolocking: true },
    [200, 200, 200, 200, 200, 200, 200],
  ],
  ['nothing', {}, [401, 401, 401, 401, 401, 401, 401]],
  ['readonly', { unauthReadonly: true }, [200, 403, 403, 200, 200, 403, 403]],
  [
    'readonly, nolocking',
    { unauthReadonly: true, unauthNolocking: true },
    [200, 403, 403, 403, 200, 403, 403],
  ],
  ['appendonly', { unauthAppendonly: true }, [200, 200, 403, 200, 200, 200, 200]],
  [
    'appendonly, nolocking',
    { unauthAppendonly: true, unauthNolocking: true },
    [200, 200, 403, 200, 200, 200, 200],
  ],
  [
    'wideopen before appendonly before readonly',
    { unauthAppendonly: true, unauthReadonly: true },
    [200, 200, 403, 200, 200, 200, 200],
  ],
];

describe('what a peer without credentials may do', () => {
  it.for(modes)('%s', async ([, access, expected]) => {
    const demo = await serveDemo(directory, { access });
    try {
      expect(await statuses(demo)).toEqual(expected);
    } finally {
      await demo.close();
    }
  });
});

describe('refusals', () => {
  let demo: ServedDemo;
  beforeAll(async () => {
    demo = await serveDemo(directory);
  });
  afterAll(() => demo.close());

  it('ask for credentials by the exact challenge, with an empty body', async () => {
    const closed = await serveDemo(await newDemo(), { access: {} });
    try {
      const path = pathOf(closed, 'node1', 'checkpresent', { key: 'X--y' });
      const answer = await ask(closed, path, { method: 'POST' });
      expect(answer).toMatchObject({ status: 401, body: Buffer.alloc(0) });
      expect(answer.headers['www-authenticate']).toBe('Basic realm="git-annex", charset="UTF-8"');
      expect((await ask(closed, '/demo/config')).status).toBe(401);
      expect((await ask(closed, path.replace('X--y', 'X'), { method: 'POST' })).status).toBe(400);
      const unknown = path.replace(closed.uuids.node1, 'nobody');
      expect((await ask(closed, unknown, { method: 'POST' })).status).toBe(404);
    } finally {
      await closed.close();
    }
  });

  it.for([
    'Bearer abc',
    'Digest x="y"',
    'Basic',
    'Basic ',
    'Basic abc',
    'Basic YTpi=',
    'Basic YTpi YTpi',
    'Basic !!!!',
    'Basic a-_=',
    'YTpi',
  ])(
    'an Authorization that is no Basic one is a bad request, even wide open: %s',
    async (value) => {
      const path = pathOf(demo, 'node1', 'checkpresent', { key: 'X--y' });
      const headers = { Authorization: value };
      const answer = await ask(demo, path, { method: 'POST', headers });
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toBe(
        'Error parsing header Authorization failed: invalid basic auth header',
      );
    },
  );

  it.for(['Basic YTpi', 'basic YTpi', 'BASIC\t  YTpi', 'Basic YTo=', 'Basic YQ=='])(
    'any credentials do where everybody may: %s',
    async (value) => {
      const path = pathOf(demo, 'node1', 'checkpresent', { key: 'X--y' });
      const headers = { Authorization: value };
      expect((await ask(demo, path, { method: 'POST', headers })).status).toBe(200);
    },
  );
});
