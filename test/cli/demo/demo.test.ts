import { readdirSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { interrupt, run, serve, type Running } from '../program.ts';

let directory: string;
let running: Running[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  running = [];
});

async function demo(place = 'demo'): Promise<Running & { readonly port: number }> {
  const server = await serve(['demo', place], { directory });
  running.push(server);
  return server;
}

function uuid(place = 'demo', repository = 'gateway.git'): string {
  return git(join(directory, place, repository), 'config', 'annex.uuid').trim();
}

/** Puts a content to the cluster; whether it was stored. */
async function put(port: number, content: Buffer, place = 'demo'): Promise<boolean> {
  const cluster = git(
    join(directory, place, 'gateway.git'),
    'config',
    'annex.cluster.cluster',
  ).trim();
  const query = `clientuuid=me&key=${serializeKey(sha256Key(content))}`;
  const body = await fetch(`http://127.0.0.1:${port}/git-annex/${cluster}/v4/put?${query}`, {
    method: 'POST',
    headers: { 'X-git-annex-data-length': String(content.length) },
    body: new Uint8Array(content),
  });
  return (await body.text()).includes('"stored":true');
}

async function get(port: number, content: Buffer, place = 'demo'): Promise<Buffer> {
  const cluster = git(
    join(directory, place, 'gateway.git'),
    'config',
    'annex.cluster.cluster',
  ).trim();
  const key = serializeKey(sha256Key(content));
  const answer = await fetch(`http://127.0.0.1:${port}/git-annex/${cluster}/key/${key}`);
  return Buffer.from(await answer.arrayBuffer());
}

describe('ballast demo', () => {
  it('makes a demo, serves it, and ends cleanly at Ctrl-C', async () => {
    const server = await demo('sub/dir/demo');
    const clone = `http://localhost:${server.port}/demo`;
    expect(git(directory, 'ls-remote', clone)).toContain('refs/heads/git-annex');

    const ended = await interrupt(server);

    expect(ended.status).toBe(0);
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trim().split('\n').length).toBeLessThanOrEqual(13);
    expect(ended.stdout).toContain(`git clone ${clone}`);
    expect(readdirSync(join(directory, 'sub/dir'))).toEqual(['demo']);
  });

  it('takes up the demo that is there, moved or not, with all that it holds', async () => {
    const content = Buffer.from('kept');
    const first = await demo();
    const uuids = [uuid(), uuid('demo', 'node1.git')];
    expect(await put(first.port, content)).toBe(true);
    expect((await interrupt(first)).status).toBe(0);

    const startMs = performance.now();
    const second = await demo();
    expect(performance.now() - startMs).toBeLessThan(15_000);
    expect(await get(second.port, content)).toEqual(content);
    expect((await interrupt(second)).stdout).toContain('took up the demo in demo');

    renameSync(join(directory, 'demo'), join(directory, 'moved'));
    const third = await demo('moved');
    expect([uuid('moved'), uuid('moved', 'node1.git')]).toEqual(uuids);
    expect(await get(third.port, content, 'moved')).toEqual(content);
    expect(await put(third.port, Buffer.from('more'), 'moved')).toBe(true);
  });

  it('loses nothing to kill -9, and starts again', async () => {
    const first = await demo();
    const contents = Array.from({ length: 5 }, (_, i) => Buffer.from(`content ${i}`));
    const stored = await Promise.all(contents.map((content) => put(first.port, content)));
    expect(stored).toEqual(contents.map(() => true));
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await demo();
    for (const content of contents) expect(await get(second.port, content)).toEqual(content);
    expect((await interrupt(second)).status).toBe(0);
    const branch = git(
      join(directory, 'demo', 'gateway.git'),
      'ls-tree',
      '-r',
      '--name-only',
      'git-annex',
    );
    for (const content of contents) expect(branch).toContain(serializeKey(sha256Key(content)));
  });

  it('refuses to serve what is served already, by demo and by serve', async () => {
    await demo();
    for (const words of [
      ['demo', 'demo'],
      ['serve', 'demo/gateway.git'],
    ]) {
      const ended = await run([...words, '--port', '0'], { directory });
      expect(ended.status).toBe(2);
      expect(ended.stderr).toMatch(
        /^ballast: another ballast already serves .*gateway\.git; end that/,
      );
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    }
  });

  it('lets an upload that is under way end at Ctrl-C', async () => {
    const server = await demo();
    const content = Buffer.from('0123456789');
    const sent = request({
      port: server.port,
      host: '127.0.0.1',
      method: 'POST',
      path: `/git-annex/${uuid('demo', 'node1.git')}/v4/put?clientuuid=me&key=${serializeKey(sha256Key(content))}`,
      headers: { 'X-git-annex-data-length': '10', 'Content-Length': '10', Connection: 'close' },
    });
    const answered = once(sent, 'response');
    sent.write('01234');
    await get(server.port, content).catch(() => undefined);
    server.child.kill('SIGINT');
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    sent.end('56789');
    await answered;
    expect((await server.ended).status).toBe(0);
    expect(readdirSync(join(directory, 'demo', 'node1.git', 'annex', 'tmp'))).toEqual([]);
  });

  it('serves an existing repository under its own name, by the access it was told', async () => {
    const made = await demo();
    await interrupt(made);
    const server = await serve(['serve', 'demo/gateway.git', '--unauth-readonly'], { directory });
    running.push(server);
    expect(git(directory, 'ls-remote', `http://localhost:${server.port}/gateway`)).toContain(
      'HEAD',
    );
    expect(await put(server.port, Buffer.from('x'))).toBe(false);
  });
});
