import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import {
  ask,
  beginPut,
  breakOff,
  get,
  newContent,
  pathOf,
  post,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});
afterAll(() => demo.close());

async function metrics(): Promise<string> {
  const { status, body } = await ask(demo, '/metrics');
  expect(status).toBe(200);
  return body.toString();
}

/** The value of a line; 0 when there is none. */
async function metric(name: string): Promise<number> {
  const line = (await metrics()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

/** What a metric says more after something was done. */
async function grownBy(name: string, act: () => Promise<unknown>): Promise<number> {
  const before = await metric(name);
  await act();
  return (await metric(name)) - before;
}

describe('/metrics', () => {
  it('is for a peer of this machine that calls it by its own name', async () => {
    const shut = await serveDemo(await newDemo(), { access: {} });
    try {
      const status = async (host: string): Promise<number> =>
        (await ask(shut, '/metrics', { headers: { Host: host } })).status;
      for (const host of ['localhost', 'localhost:9417', '127.0.0.1:80', '[::1]:1']) {
        expect(await status(host)).toBe(200);
      }
      for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
        expect(await status(host)).toBe(401);
      }
    } finally {
      await shut.close();
    }
  });

  it('has requests by verb and status, and their durations', async () => {
    const { content, key } = newContent();
    const puts = 'ballast_requests_total{verb="put",status="200"}';
    const durations = 'ballast_request_duration_seconds_count{verb="put"}';
    const misses = 'ballast_requests_total{verb="get",status="404"}';

    expect(await grownBy(puts, () => put(demo, 'cluster', key, content))).toBe(1);
    expect(await grownBy(durations, () => put(demo, 'cluster', key, content))).toBe(1);
    expect(await grownBy(misses, () => get(demo, 'cluster', newContent().key))).toBe(1);
  });

  it('has the bytes of contents both ways', async () => {
    const { content, key } = newContent(5000);
    const into = 'ballast_content_bytes_total{direction="in"}';
    const out = 'ballast_content_bytes_total{direction="out"}';

    expect(await grownBy(into, () => put(demo, 'cluster', key, content))).toBe(5000);
    expect(await grownBy(out, () => get(demo, 'cluster', key, 1000))).toBe(4000);
    const path = `/git-annex/${demo.uuids.cluster}/key/${encodeURIComponent(serializeKey(key))}`;
    const ranged = (): Promise<unknown> => ask(demo, path, { headers: { Range: 'bytes=5-9' } });
    expect(await grownBy(out, ranged)).toBe(5);
  });

  it('has an upload while it is under way, with its room, and as gone when its client left', async () => {
    const { content, key } = newContent(5000);
    const gone = 'ballast_requests_total{verb="put",status="gone"}';
    const goneBefore = await metric(gone);

    const sent = beginPut(demo, 'cluster', key, { length: content.length });
    await breakOff(sent, content.subarray(0, 1000), async () => {
      const isUnderWay = (await metric('ballast_uploads')) === 1;
      return isUnderWay && (await metric('ballast_reservations')) === 1;
    });

    await until(async () => (await metric(gone)) === goneBefore + 1, 'the upload to be gone');
    expect(await metric('ballast_uploads')).toBe(0);
    await until(async () => (await metric('ballast_reservations')) === 0, 'the room given back');
  });

  it('has locks and connections', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);

    const locked = await postKey(demo, 'node1', 'lockcontent', key);
    expect(await metric('ballast_locks')).toBe(1);
    const lockid = JSON.stringify(locked).match(/"lockid":"([^"]+)"/)?.[1] ?? '';
    await post(demo, 'node1', 'keeplocked', { lockid });

    expect(await metric('ballast_locks')).toBe(0);
    expect(await metric('ballast_connections')).toBeGreaterThan(0);
  });

  it('has the failures of nodes by name', async () => {
    const { key } = newContent();
    const name = 'ballast_node_failures_total{node="node3"}';
    const repository = repositoryOf(demo.directory, 'node3');
    renameSync(repository, `${repository}.away`);

    const grown = await grownBy(name, () => postKey(demo, 'node3', 'checkpresent', key));
    renameSync(`${repository}.away`, repository);

    expect(grown).toBe(1);
    expect(await grownBy(name, () => postKey(demo, 'node3', 'checkpresent', key))).toBe(0);
  });

  it('has what is known of the process', async () => {
    expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('has nothing in it that a client made up', async () => {
    const { key } = newContent();
    await ask(demo, pathOf(demo, 'cluster', 'made-up-verb', { key: serializeKey(key) }));
    await ask(demo, '/made-up-path', { method: 'PROPFIND' });
    await postKey(demo, 'cluster', 'checkpresent', key, { clientuuid: 'made-up-name' });

    const text = await metrics();

    expect(text).not.toContain('made-up');
    expect(text).not.toContain('PROPFIND');
    expect(text).not.toContain(key.name);
  });
});

describe('who may read the metrics', () => {
  it('is this machine, and elsewhere who may read contents', async () => {
    await demo.close();
    demo = await serveDemo(demo.directory, { access: {} });
    const far = { headers: { 'X-Forwarded-For': '192.0.2.1' } };

    expect((await ask(demo, '/metrics')).status).toBe(200);
    expect((await ask(demo, '/metrics', far)).status).toBe(401);

    await demo.close();
    demo = await serveDemo(demo.directory, { access: { unauthReadonly: true } });
    expect((await ask(demo, '/metrics', far)).status).toBe(200);
  });

  it('is nobody when they are off', async () => {
    await demo.close();
    demo = await serveDemo(demo.directory, { web: { metrics: false } });

    expect((await ask(demo, '/metrics')).status).toBe(404);
  });
});
