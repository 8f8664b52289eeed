import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { ask, get, newContent, pathOf, put, type Answer } from '../annex-requests.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';

const page = 'https://page.example';

let directory: string;
const demos: ServedDemo[] = [];
beforeAll(async () => {
  directory = await newDemo();
});
afterAll(() => Promise.all(demos.map((demo) => demo.close())));

/** The demo, served to the pages of some origins; one after the other, as one process places. */
async function serveTo(...corsOrigins: readonly string[]): Promise<ServedDemo> {
  await Promise.all(demos.splice(0).map((demo) => demo.close()));
  const demo = await serveDemo(directory, { web: { corsOrigins } });
  demos.push(demo);
  return demo;
}

function checkPresent(
  demo: ServedDemo,
  how: { readonly method?: string; readonly headers?: Record<string, string> },
): Promise<Answer> {
  const key = serializeKey(newContent().key);
  return ask(demo, pathOf(demo, 'cluster', 'checkpresent', { key }), { method: 'POST', ...how });
}

function preflight(demo: ServedDemo, origin: string): Promise<Answer> {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
  return checkPresent(demo, { method: 'OPTIONS', headers });
}

function allowHeaders({ headers }: Answer): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
}

describe('what changes something', () => {
  it('is refused to a page of another origin, which a browser lets ask without a question', async () => {
    const demo = await serveTo(page);
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', 'remove', { key: serializeKey(key) });
    const post = (origin: string, to = path): Promise<Answer> =>
      ask(demo, to, { method: 'POST', headers: { Origin: origin } });

    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${demo.port + 1}`, '']) {
      expect((await post(origin)).status).toBe(403);
      expect((await post(origin, '/demo/git-receive-pack')).status).toBe(403);
    }
    expect((await get(demo, 'node1', key)).body).toEqual(content);
    expect((await post(page)).status).toBe(200);
    await put(demo, 'node1', key, content);
    expect((await post(`http://127.0.0.1:${demo.port}`)).status).toBe(200);
    await put(demo, 'node1', key, content);
    expect((await ask(demo, path, { method: 'POST' })).status).toBe(200);
  });
});

describe('a page whose name was made to lead to this machine', () => {
  it('changes nothing, though its origin is that of the address it asks', async () => {
    const demo = await serveTo();
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', 'remove', { key: serializeKey(key) });
    const from = (host: string): Promise<Answer> =>
      ask(demo, path, { method: 'POST', headers: { Origin: `http://${host}`, Host: host } });

    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      const answer = await from(`${host}:${demo.port}`);
      expect(answer.status).toBe(403);
      expect(answer.body.toString()).toContain('--cors');
    }
    expect((await get(demo, 'node1', key)).body).toEqual(content);
    for (const host of ['localhost', '[::1]', '127.0.0.1']) {
      expect((await from(`${host}:${demo.port}`)).status).toBe(200);
    }
  });

  it('may when it is named', async () => {
    const demo = await serveTo('http://annex.example');
    const headers = { Origin: 'http://annex.example', Host: 'annex.example' };
    expect((await checkPresent(demo, { headers })).status).toBe(200);
  });
});

describe('web pages', () => {
  it('that no option names hear nothing but what the reference server says', async () => {
    const demo = await serveTo();

    const answer = await checkPresent(demo, { headers: { Origin: page } });
    const asked = await preflight(demo, page);

    expect(allowHeaders(answer)).toEqual([]);
    expect(answer.headers.vary).toBeUndefined();
    expect(asked).toMatchObject({ status: 400, body: Buffer.from('bad version') });
  });

  it('of a named origin may ask, read our headers, and use credentials', async () => {
    const demo = await serveTo(page, 'https://other.example');
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);

    const asked = await preflight(demo, page);
    const answer = await ask(
      demo,
      `/git-annex/${demo.uuids.cluster}/key/${encodeURIComponent(serializeKey(key))}`,
      { headers: { Origin: page } },
    );

    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': expect.stringContaining('X-git-annex-data-length'),
      'access-control-max-age': '3600',
      vary: 'Origin',
    });
    expect(answer.body).toEqual(content);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-expose-headers': expect.stringContaining('X-git-annex-data-length'),
      vary: 'Origin',
    });
  });

  it('of another origin hear what they heard before, and no cache mixes them up', async () => {
    const demo = await serveTo(page);

    for (const origin of ['https://page.example.evil.example', 'http://page.example', 'null']) {
      const asked = await preflight(demo, origin);
      const answer = await checkPresent(demo, { headers: { Origin: origin } });

      expect(asked.status).toBe(400);
      expect(allowHeaders(asked)).toEqual([]);
      expect(allowHeaders(answer)).toEqual([]);
      expect(answer.headers.vary).toBe('Origin');
    }
    expect((await checkPresent(demo, {})).headers.vary).toBe('Origin');
  });

  it('of any origin never use credentials', async () => {
    const demo = await serveTo('*');

    const asked = await preflight(demo, page);
    const answer = await checkPresent(demo, { headers: { Origin: page } });

    for (const { headers } of [asked, answer]) {
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      expect(headers.vary).toBeUndefined();
    }
  });

  it('can read why they may not, and never the metrics', async () => {
    const demo = await serveTo('*');

    const missing = await ask(demo, '/nothing', { headers: { Origin: page } });
    const metrics = await ask(demo, '/metrics', { headers: { Origin: page } });

    expect(missing).toMatchObject({ status: 404 });
    expect(missing.headers['access-control-allow-origin']).toBe('*');
    expect(metrics.status).toBe(200);
    expect(allowHeaders(metrics)).toEqual([]);
  });
});
