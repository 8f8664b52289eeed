import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SeenRequest } from '../../../src/gateway/index.ts';
import { serializeKey } from '../../../src/key/index.ts';
import {
  ask,
  beginPut,
  breakOff,
  get,
  newContent,
  pathOf,
  postKey,
  put,
  until,
  type Answer,
  type Ask,
} from '../annex-requests.ts';
import { namesOf, newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';

const begun: SeenRequest[] = [];
const ended: SeenRequest[] = [];
const observers = [
  {
    begun: (request: SeenRequest): void => void begun.push(request),
    ended: (request: SeenRequest): void => void ended.push(request),
  },
];

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo(), { web: { observers } });
});
afterAll(() => demo.close());
beforeEach(() => {
  begun.length = 0;
  ended.length = 0;
});

/** The request that ends next. */
async function seen(): Promise<SeenRequest> {
  await until(() => ended.length > 0, 'a request to end');
  const [request] = ended;
  if (request === undefined) throw new Error('there is none');
  return request;
}

describe('those who watch', () => {
  it('are told where an upload went', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);

    const request = await seen();

    expect(request).toMatchObject({
      method: 'POST',
      remote: '127.0.0.1',
      user: undefined,
      client: 'me',
      verb: 'put',
      server: demo.uuids.cluster,
      key: serializeKey(key),
      status: 200,
      bytesIn: 1000,
      bytesOut: 0,
      isGone: false,
    });
    expect(namesOf(demo, request.nodes ?? [])).toHaveLength(2);
    expect(request.durationMs).toBeGreaterThan(0);
  });

  it('are told of a node that was asked by itself', async () => {
    const { content, key } = newContent();
    await put(demo, 'node2', key, content);
    expect(namesOf(demo, (await seen()).nodes ?? [])).toEqual(['node2']);

    ended.length = 0;
    await postKey(demo, 'node2', 'remove', key);
    expect(await seen()).toMatchObject({ verb: 'remove', nodes: [demo.uuids.node2] });

    ended.length = 0;
    await put(demo, 'node2', key, Buffer.from('another content'));
    expect(await seen()).toMatchObject({ verb: 'put', nodes: [], status: 200 });
  });

  it('are told of the node that a content came from', async () => {
    const { content, key } = newContent();
    await put(demo, 'node3', key, content);
    const download = (how: Ask): Promise<Answer> =>
      ask(demo, `/git-annex/${demo.uuids.cluster}/key/${serializeKey(key)}`, how);
    const asks: readonly (() => Promise<Answer>)[] = [
      () => get(demo, 'cluster', key),
      () => get(demo, 'node3', key),
      () => download({}),
      () => download({ method: 'HEAD' }),
      () => download({ headers: { Range: 'bytes=5-9' } }),
    ];
    for (const asked of asks) {
      ended.length = 0;
      await asked();
      expect(await seen()).toMatchObject({ verb: 'get', nodes: [demo.uuids.node3] });
    }

    ended.length = 0;
    await get(demo, 'cluster', newContent().key);
    expect(await seen()).toMatchObject({ status: 404, nodes: undefined });
  });

  it('are told of downloads, refusals, git, and what nobody knows', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    await seen();
    ended.length = 0;

    await get(demo, 'cluster', key);
    await get(demo, 'cluster', newContent().key);
    await ask(demo, pathOf(demo, 'cluster', 'no-such'));
    await ask(demo, '/demo/config');
    await ask(demo, '/demo/info/refs?service=git-upload-pack');
    await ask(demo, '/healthz');

    await until(() => ended.length === 6, 'all to end');
    expect(ended.map(({ verb, status, bytesOut }) => [verb, status, bytesOut])).toEqual([
      ['get', 200, 1000],
      ['get', 404, 0],
      ['other', 404, 0],
      ['config', 200, 0],
      ['git', 200, 0],
      ['health', 200, 0],
    ]);
  });

  it('are told of a client that left', async () => {
    const { content, key } = newContent(5000);
    const sent = beginPut(demo, 'cluster', key, { length: content.length });
    await breakOff(sent, content.subarray(0, 1000), () => begun[0]?.bytesIn === 1000);

    expect(await seen()).toMatchObject({ verb: 'put', isGone: true, status: undefined });
  });

  it('are told once of each, and of none that waited behind another and was not begun', async () => {
    const { content, key } = newContent(5000);
    const first = beginPut(demo, 'cluster', key, { length: content.length });
    first.on('error', () => undefined);
    first.write(content.subarray(0, 1000));
    await until(() => begun[0]?.bytesIn === 1000, 'the first upload');
    const socket = connect(demo.port, '127.0.0.1');
    socket.on('error', () => undefined);

    // The second upload of the key waits for the first, and the request behind it for its turn.
    const path = pathOf(demo, 'cluster', 'put', { key: serializeKey(key) });
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nX-git-annex-data-length: 1\r\n`;
    socket.write(`${head}Content-Length: 1\r\n\r\na`);
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => begun.length === 2, 'the second upload');
    socket.destroy();

    await until(() => ended.length === 1, 'the second upload to end');
    expect(ended[0]).toMatchObject({ verb: 'put', isGone: true });
    first.end(content.subarray(1000));
    await until(() => ended.length === 2, 'the first upload to end');
    expect(new Set(ended).size).toBe(2);
    expect(begun).toHaveLength(2);
    expect(ended.at(-1)).toMatchObject({ verb: 'put', isGone: false, status: 200 });
  });
});
