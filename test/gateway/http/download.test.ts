import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rangeOf } from '../../../models/range.ts';
import { rangeHeaders } from '../../../properties/arbitraries/range-headers.ts';
import { checkAsync } from '../../../properties/settings.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { keyOf, temporaryDirectory } from '../../support/objects.ts';
import { ask, newContent, pathOf, put, until, type Answer } from '../annex-requests.ts';
import { newDemo, serveDemo, type DemoName, type ServedDemo } from '../served-demo.ts';

const run = promisify(execFile);

let demo: ServedDemo;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});
afterAll(async () => {
  agent.destroy();
  await demo.close();
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const wholeYear = 'public, max-age=31536000, immutable';

function urlPath(server: DemoName, key: Key, query = ''): string {
  return `/git-annex/${demo.uuids[server]}/key/${encodeURIComponent(serializeKey(key))}${query}`;
}

function download(
  key: Key,
  headers: Readonly<Record<string, string>> = {},
  how: { readonly method?: string; readonly query?: string; readonly server?: DemoName } = {},
): Promise<Answer> {
  const path = urlPath(how.server ?? 'cluster', key, how.query);
  return ask(demo, path, { headers, agent, method: how.method ?? 'GET' });
}

/** A content in the cluster. */
async function stored(length = 1000): Promise<{ content: Buffer; key: Key; tag: string }> {
  const { content, key } = newContent(length);
  await put(demo, 'cluster', key, content);
  return { content, key, tag: `"${serializeKey(key)}"` };
}

describe('a download', () => {
  it('tells what it is, for how long, and that no browser may show it', async () => {
    const { content, key, tag } = await stored();

    const answer = await download(key);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(content);
    expect(answer.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': wholeYear,
      'content-disposition': 'attachment',
      'content-length': '1000',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': 'application/octet-stream',
      etag: tag,
      'x-content-type-options': 'nosniff',
      'x-git-annex-data-length': '1000',
    });
  });

  it('by HEAD has the same headers and no body, whatever the range', async () => {
    const { key } = await stored();
    const { headers } = await download(key);

    const answer = await download(key, { Range: 'bytes=0-1' }, { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(0);
    const same = ['etag', 'content-length', 'cache-control', 'accept-ranges', 'content-type'];
    for (const name of same) expect(answer.headers[name]).toBe(headers[name]);
  });

  it('of an absent key is not found, and no cache may keep that', async () => {
    const answer = await download(newContent().key);

    expect(answer.status).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('of a key without a hash has a weak tag, and caches must ask each time', async () => {
    const key = keyOf('WORM-s4-m1--some.txt');
    await put(demo, 'cluster', key, Buffer.from('abcd'));

    const { headers } = await download(key);
    const again = await download(key, { 'If-None-Match': String(headers.etag) });
    const resumed = await download(key, { Range: 'bytes=2-', 'If-Range': String(headers.etag) });

    expect(headers.etag).toBe('W/"WORM-s4-m1--some.txt;4"');
    expect(headers['cache-control']).toBe('public, no-cache');
    expect(again.status).toBe(304);
    expect(resumed).toMatchObject({ status: 200, body: Buffer.from('abcd') });
  });

  it('is on versioned routes as git-annex clients know it', async () => {
    const { content, key } = await stored();
    const name = `key/${encodeURIComponent(serializeKey(key))}`;

    const answer = await ask(demo, pathOf(demo, 'cluster', name, { associatedfile: 'a' }), {
      headers: { Range: 'bytes=0-1', 'If-None-Match': '*' },
    });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(content);
    expect(Object.keys(answer.headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'x-git-annex-data-length',
    ]);
  });
});

describe('conditions', () => {
  it('that say the client has it already are answered with nothing but that', async () => {
    const { key, tag } = await stored();
    for (const method of ['GET', 'HEAD']) {
      const answer = await download(key, { 'If-None-Match': `"other", ${tag}` }, { method });

      expect(answer.status).toBe(304);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers).toMatchObject({ etag: tag, 'cache-control': wholeYear });
      expect(answer.headers).not.toHaveProperty('content-type');
    }
    expect((await download(key, { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('that fail are answered with 412', async () => {
    const { key, tag } = await stored();
    expect((await download(key, { 'If-Match': '"other"' })).status).toBe(412);
    expect((await download(key, { 'If-Match': tag })).status).toBe(200);
  });

  it('of a resumed download give the rest, or all when it is another content', async () => {
    const { content, key, tag } = await stored();

    const rest = await download(key, { Range: 'bytes=600-', 'If-Range': tag });
    const all = await download(key, { Range: 'bytes=600-', 'If-Range': '"other"' });

    expect(rest).toMatchObject({ status: 206, body: content.subarray(600) });
    expect(all).toMatchObject({ status: 200, body: content });
  });
});

describe('a range', () => {
  it('gives exactly the bytes that the model gives, of any size', async () => {
    const lengths = [0, 1, 2, 1000, 70_000, 256 * 1024, 600_000];
    const contents = await Promise.all(lengths.map((length) => stored(length)));
    const asked = fc.constantFrom(...contents).chain(({ content, key }) =>
      fc.record({
        content: fc.constant(content),
        key: fc.constant(key),
        header: rangeHeaders(content.length),
      }),
    );
    await checkAsync(
      fc.asyncProperty(asked, async ({ content, key, header }) => {
        const answer = await download(key, { Range: header });

        const expected = expectedOf(content, header);
        expect(answer.status).toBe(expected.status);
        expect(answer.headers['content-range']).toBe(expected.range);
        expect(answer.headers['x-git-annex-data-length']).toBe(expected.length);
        expect(answer.body.equals(expected.body)).toBe(true);
      }),
      200,
    );
  });

  it('of a key that says no size is found from its end too', async () => {
    const content = Buffer.from('0123456789');
    const key = keyOf(`SHA256--${createHash('sha256').update(content).digest('hex')}`);
    await put(demo, 'node1', key, content);

    const last = await download(key, { Range: 'bytes=-3' }, { server: 'node1' });

    expect(last).toMatchObject({ status: 206, body: Buffer.from('789') });
    expect(last.headers['content-range']).toBe('bytes 7-9/10');
  });

  it.skipIf(process.platform !== 'linux')(
    'leaves no content open, however it is answered',
    async () => {
      const { key, tag } = await stored(600_000);
      for (let i = 0; i < 20; i += 1) {
        await download(key, { Range: 'bytes=1-2' });
        await download(key, { Range: 'bytes=700000-' });
        await download(key, { 'If-None-Match': tag });
        await download(key, { 'If-Match': '"other"' });
        await download(key, {}, { method: 'HEAD' });
      }

      await until(() => openContents() === 0, 'contents to be closed');
      expect(openContents()).toBe(0);
    },
  );

  it.skipIf(!hasCurl)('lets curl go on with a download that broke off', async () => {
    const { content, key } = await stored(600_000);
    const file = join(temporaryDirectory(), 'content');
    writeFileSync(file, content.subarray(0, 123_456));

    const url = `http://127.0.0.1:${demo.port}${urlPath('cluster', key)}`;
    const words = ['--silent', '--fail', '--noproxy', '*', '-C', '-', '-o', file];
    const { stdout } = await run('curl', [...words, '-w', '%{http_code} %{size_download}', url]);

    expect(stdout).toBe(`206 ${600_000 - 123_456}`);
    expect(readFileSync(file).equals(content)).toBe(true);
  });
});

describe('the name of a download', () => {
  it('is that of its file, and no way into the header', async () => {
    const { key } = await stored(10);

    const query = `?associatedfile=${encodeURIComponent('some/\u20ac\r\nSet-Cookie: a=b')}`;
    const { headers } = await download(key, {}, { query });

    expect(headers['content-disposition']).toBe(
      `attachment; filename="?__Set-Cookie: a=b"; filename*=UTF-8''%E2%82%AC__Set-Cookie%3A%20a%3Db`,
    );
    expect(headers['set-cookie']).toBeUndefined();
  });
});

/** What the model has to be answered. */
function expectedOf(content: Buffer, header: string) {
  const outcome = rangeOf(content, header);
  const size = content.length;
  if (outcome === 'unsatisfiable') {
    return { status: 416, range: `bytes */${size}`, length: undefined, body: Buffer.alloc(0) };
  }
  if (outcome === 'ignored') {
    return { status: 200, range: undefined, length: String(size), body: content };
  }
  const fromByte = outcome.byteOffset - content.byteOffset;
  const lastByte = fromByte + outcome.length - 1;
  const range = `bytes ${fromByte}-${lastByte}/${size}`;
  return { status: 206, range, length: String(outcome.length), body: outcome };
}

/** Contents of this process that are open. */
function openContents(): number {
  const open = readdirSync('/proc/self/fd').map((name) => readlinkIfThere(`/proc/self/fd/${name}`));
  return open.filter((target) => target.includes('/annex/objects/')).length;
}

/** The descriptor that lists the others is itself gone by then. */
function readlinkIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
