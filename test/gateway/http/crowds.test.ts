import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demoIn } from '../../support/demo.ts';
import { serveProgram, type ProgramServer } from '../../support/program-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { git } from '../../support/git-annex.ts';
import { ask, get, newContent, post, postKey, put, until } from '../annex-requests.ts';
import { descriptors, openSockets } from '../leaks.ts';
import { demoForTests } from '../served-demo.ts';

const demo = await demoForTests({ limits: { connectionsMax: 40 } });

/** Connections of one process that leave it room for the rest of its work. */
function connectionsPossible(): number {
  const limit = /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const possible = Math.min(10_000, Number(limit ?? 1024) - 600);
  if (possible < 10_000) console.warn(`ulimit -n allows ${possible} connections, not 10000`);
  return possible;
}

/** Opens a connection and says something, without waiting for an answer. */
async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  socket.resume();
  return socket;
}

/** Opens many connections, some hundreds at a time. */
async function openMany(port: number, count: number, text: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(200, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => open(port, text)))));
  }
  return sockets;
}

describe('ten thousand idle connections', () => {
  let server: ProgramServer | undefined;
  afterAll(() => server?.kill());

  it('keep nobody out, take little memory, and are closed when their clients go', async () => {
    const directory = join(temporaryDirectory(), 'demo');
    await demoIn(directory);
    const repository = join(directory, 'gateway.git');
    server = await serveProgram(repository, '--wideopen');
    const { port, pid } = server;
    const gateway = git(repository, 'config', 'annex.uuid').trim();
    const uuids = { gateway, cluster: '', node1: '', node2: '', node3: '' };
    const served = { ...demo, port, uuids };
    await post(served, 'gateway', 'gettimestamp');
    const before = { sockets: openSockets(pid), all: descriptors(pid).length };
    const beforeKiB = server.residentKiB();

    const half = Math.floor(connectionsPossible() / 2);
    const silent = await openMany(port, half, '');
    const head = `POST /git-annex/${gateway}/v4/gettimestamp?clientuuid=me HTTP/1.1\r\nHost: x\r\n`;
    const idle = await openMany(port, half, `${head}Content-Length: 0\r\n\r\n`);

    expect(openSockets(pid)).toBeGreaterThan(half);
    const { content, key } = newContent(100_000);
    expect(await put(served, 'gateway', key, content)).toHaveProperty('stored', true);
    expect((await get(served, 'gateway', key)).body.equals(content)).toBe(true);
    expect(await postKey(served, 'gateway', 'remove', key)).toHaveProperty('removed', true);
    // What Node needs for a connection, with room to spare; 32 KiB would be a head's worth each.
    expect(server.residentKiB() - beforeKiB).toBeLessThan(2 * half * 32);

    for (const socket of [...silent, ...idle]) socket.destroy();
    await until(() => openSockets(pid) <= before.sockets, 'the end of the connections');
    // The upload has opened the file in which acts are noted, and its lock.
    expect(descriptors(pid).length).toBeLessThanOrEqual(before.all + 4);
    expect(await server.stop()).toBe(0);
  }, 300_000);
});

describe('when connections become scarce', () => {
  it('those between two requests make room for new clients', async () => {
    const request = 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n';
    let ended = 0;
    for (let round = 0; round < 4; round += 1) {
      for (let i = 0; i < 30; i += 1) {
        const socket = await open(demo.port, request);
        await once(socket, 'data');
        socket.on('close', () => {
          ended += 1;
        });
      }
      const { content, key } = newContent();
      expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    }
    expect(ended).toBeGreaterThan(0);
    expect((await ask(demo, '/nothing')).status).toBe(404);
  });
});
