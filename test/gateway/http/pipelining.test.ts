import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import type { RequestObserver } from '../../../src/gateway/index.ts';
import { ask, newContent, pathOf, put, until } from '../annex-requests.ts';
import { demoForTests } from '../served-demo.ts';

let running = 0;
let begun = 0;
let most = 0;
const counting: RequestObserver = {
  begun: () => {
    running += 1;
    begun += 1;
    most = Math.max(most, running);
  },
  ended: () => {
    running -= 1;
  },
};
const demo = await demoForTests({ web: { observers: [counting] } });

async function connected(): Promise<Socket> {
  const socket = connect(demo.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** What the server says until it has said a text so many times. */
async function heard(socket: Socket, what: string, times: number): Promise<string> {
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) {
    text += String(piece);
    if (text.split(what).length > times) break;
  }
  return text;
}

function head(method: string, path: string, ...lines: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');
}

describe('requests that are sent before the answers to those before them', () => {
  it('are all answered, in order, one at a time', async () => {
    const socket = await connected();
    const paths = Array.from({ length: 300 }, (_, index) => `/git-annex/${index}`);
    most = 0;
    socket.write(paths.flatMap((path) => [head('GET', path), head('GET', '/healthz')]).join(''));

    const text = await heard(socket, 'HTTP/1.1', 2 * paths.length);

    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
    expect(statuses).toEqual(paths.flatMap(() => ['404', '200']));
    expect(most).toBe(1);
  });

  it('may bring bodies', async () => {
    const socket = await connected();
    const contents = Array.from({ length: 20 }, () => newContent(50_000));
    const length = 'X-git-annex-data-length: 50000\r\nContent-Length: 50000';
    for (const { content, key } of contents) {
      const parameters = { key: serializeKey(key), offset: 0 };
      socket.write(head('POST', pathOf(demo, 'node1', 'put', parameters), length));
      socket.write(content);
    }

    const text = await heard(socket, '"stored":true', contents.length);

    expect(text.match(/"stored":true/g)).toHaveLength(contents.length);
  });

  it('that nobody reads the answers to are not begun, and others are served', async () => {
    const { content, key } = newContent(8_000_000);
    await put(demo, 'node1', key, content);
    const path = `/git-annex/${demo.uuids.node1}/key/${encodeURIComponent(serializeKey(key))}`;
    begun = 0;
    const sockets = await Promise.all(Array.from({ length: 4 }, connected));
    for (const socket of sockets) {
      socket.pause();
      socket.write(head('GET', path, `X: ${'x'.repeat(1000)}`).repeat(10_000));
    }
    await until(() => begun === sockets.length, 'the first of each connection');

    expect((await ask(demo, '/healthz')).status).toBe(200);
    expect(begun).toBe(sockets.length + 1);
    // Ten megabytes of heads, most of which the server has not read.
    expect(Math.min(...sockets.map((socket) => socket.writableLength))).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await until(() => running === 0, 'the end of all');
    expect(begun).toBe(sockets.length + 1);
  });
});
