import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { keyOf } from '../../support/objects.ts';
import {
  ask,
  beginPut,
  get,
  jsonOf,
  keepLock,
  lockOf,
  newContent,
  pathOf,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import { leftovers, openFiles } from '../leaks.ts';
import { demoForTests, repositoryOf } from '../served-demo.ts';

const demo = await demoForTests({ limits: { headersMs: 500 } });
const content = Buffer.from('0123456789');

/** Everything that is where no request has any business, but for what git has there while it commits. */
function outside(): string[] {
  const nodes = [demo.directory, repositoryOf(demo.directory, 'node1')];
  return nodes
    .flatMap((directory) => readdirSync(directory).sort())
    .filter((name) => !name.endsWith('.lock'));
}

async function expectOthersServed(): Promise<void> {
  const { content, key } = newContent();
  expect(await put(demo, 'node2', key, content)).toHaveProperty('stored', true);
  expect((await get(demo, 'node2', key)).body.equals(content)).toBe(true);
}

describe('a UUID that is none', () => {
  it.for([
    ['..', 404],
    ['%2e%2e', 404],
    ['..%2f..%2fetc', 404],
    ['%00', 404],
    ['a%0ab', 404],
    ['x'.repeat(4096), 404],
    ['%ff%fe', 404],
    ['[!!]', 400],
    ['[]', 400],
    ['', 400],
  ] as const)('%j is answered with %i', async ([uuid, status]) => {
    const path = `/git-annex/${uuid}/v4/checkpresent?key=X--y&clientuuid=me`;
    expect((await ask(demo, path, { method: 'POST' })).status).toBe(status);
    await expectOthersServed();
  });
});

describe('a key with', () => {
  it.for([
    ['slashes', 'FOO-s10--a/b'],
    ['..', 'FOO-s10--../../../../x'],
    ['nothing but ..', 'FOO-s10--..'],
    ['a newline', 'FOO-s10--a\nb'],
    ['a return', 'FOO-s10--a\r\nX-Evil: 1'],
    ['a blank', 'a b-s10-- c '],
    ['what shells heed', 'FOO-s10--$(touch x);`y`'],
  ] as const)('%s is a key as any other', async ([, text]) => {
    const key = keyOf(text);
    const before = outside();

    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: true });
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
    const sent = keepLock(demo, 'node1', await lockOf(demo, 'node1', key));
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', false);
    sent.end('{"unlock":true}');
    expect(await jsonOf(sent)).toEqual({ locked: false });
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', true);
    expect(outside()).toEqual(before);
  });

  it.for([
    ['NUL', 'FOO-s10--a\0b'],
    ['a name of 4 kB', `FOO-s10--${'a'.repeat(4096)}`],
    ['a name of 4 kB, every character escaped', `FOO-s10--${'%'.repeat(4096)}`],
    ['a name just too long', `FOO-s10--${'a'.repeat(247)}`],
  ] as const)('%s can be on no disk: it is absent, and cannot be stored', async ([, text]) => {
    const key = keyOf(text);
    const before = [outside(), leftovers(demo)];
    for (const server of ['node1', 'cluster', 'gateway'] as const) {
      expect(await postKey(demo, server, 'checkpresent', key)).toEqual({ present: false });
      expect((await get(demo, server, key)).status).toBe(404);
      expect(await postKey(demo, server, 'putoffset', key)).toEqual({ offset: 0 });
      expect(await put(demo, server, key, content)).toEqual({ stored: false, plusuuids: [] });
      expect(await postKey(demo, server, 'lockcontent', key)).toEqual({ locked: false });
      expect(await postKey(demo, server, 'remove', key)).toHaveProperty('removed', true);
    }
    expect([outside(), leftovers(demo)]).toEqual(before);
    expect(openFiles()).toEqual([]);
  });

  it('a name beyond every limit is no key', async () => {
    const name = `key=FOO--${'a'.repeat(8200)}`;
    const path = `/git-annex/${demo.uuids.node1}/v4/checkpresent?clientuuid=me&${name}`;
    const answer = await ask(demo, path, { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toBe(
      'Error parsing query parameter key failed: key parse error',
    );
  });
});

/** A connection of its own, and what the server says until it closes it. */
async function talkTo(port: number): Promise<{ socket: Socket; said: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const said = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('close', () => resolve(text));
  });
  return { socket, said };
}

describe('a head of a request', () => {
  it.for([
    ['of one long line', `X: ${'a'.repeat(200_000)}\r\n`],
    ['of a hundred thousand lines', 'X: y\r\n'.repeat(100_000)],
    ['of a hundred thousand cookies', `Cookie: ${'a=b; '.repeat(100_000)}\r\n`],
  ] as const)('%s is refused by name, and nobody else notices', async ([, lines]) => {
    const { socket, said } = await talkTo(demo.port);
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${lines}`);
    await expectOthersServed();
    expect(await said).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('that has room for the longest names a client can have is none too long', async () => {
    const path = pathOf(demo, 'node1', 'put', {
      key: `FOO-s10--${'%'.repeat(4000)}`,
      associatedfile: '%'.repeat(4000),
    });
    const headers = { 'X-git-annex-data-length': '10' };
    const answer = await ask(demo, path, { method: 'POST', headers, body: content });
    expect(answer.status).toBe(200);
  });

  it('that comes byte by byte for ever is ended in time, and nobody else notices', async () => {
    const { socket, said } = await talkTo(demo.port);
    socket.write('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 20);
    try {
      await expectOthersServed();
      expect(await said).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      clearInterval(drip);
    }
  });

  it('with two lengths is refused, so that no second request hides in its body', async () => {
    const { socket, said } = await talkTo(demo.port);
    const head = 'POST /git-annex/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n';
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`);
    const text = await said;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('the body of a keeplocked', () => {
  it.for([
    ['an object', `{"unlock":${' '.repeat(100_000)}`],
    ['a string', `{"unlock":"${'x'.repeat(100_000)}`],
    ['nested objects', '{"a":'.repeat(50_000)],
  ] as const)('%s that never ends gives the lock up', async ([, text]) => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const sent = keepLock(demo, 'node1', await lockOf(demo, 'node1', key));

    sent.write(text);

    expect(await jsonOf(sent)).toEqual({ locked: false });
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', true);
    sent.destroy();
  });

  it('that says for ever to keep the lock keeps it, in bounded memory', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const sent = keepLock(demo, 'node1', await lockOf(demo, 'node1', key));
    const piece = '{"unlock":false}\n'.repeat(4000);
    for (let i = 0; i < 100; i += 1) {
      if (!sent.write(piece)) await once(sent, 'drain');
    }

    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', false);
    sent.end('{"unlock":true}');
    expect(await jsonOf(sent)).toEqual({ locked: false });
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', true);
  });
});

describe('the body of a put', () => {
  it('whose chunks are broken is ended, and what came is kept', async () => {
    const { content, key } = newContent(1000);
    const { socket, said } = await talkTo(demo.port);
    const path = pathOf(demo, 'node1', 'put', { key: serializeKey(key), offset: 0 });
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n`);
    socket.write('X-git-annex-data-length: 1000\r\n\r\n1f4\r\n');
    socket.write(content.subarray(0, 500));
    const offset = (): Promise<unknown> => postKey(demo, 'node1', 'putoffset', key);
    await until(async () => JSON.stringify(await offset()) === '{"offset":500}', 'the bytes');
    socket.write('\r\nnonsense\r\n');

    await said;
    await until(() => openFiles().length === 0, 'the end of the upload');
    expect(await offset()).toEqual({ offset: 500 });
  });

  it.for([
    ['fewer bytes', 900, 1000],
    ['more bytes', 1100, 1000],
    ['more bytes than the key has', 1100, 1100],
    ['fewer bytes than the key has', 900, 900],
    ['no bytes', 0, 1000],
  ] as const)('of %s than were said stores nothing anywhere', async ([, sends, says]) => {
    const { content, key } = newContent(1000);
    const bytes = Buffer.concat([content, Buffer.alloc(200)]).subarray(0, sends);
    for (const server of ['node1', 'cluster'] as const) {
      const sent = beginPut(demo, server, key, { length: says });
      sent.end(bytes);
      expect(await jsonOf(sent)).toEqual({ stored: false, plusuuids: [] });
      expect(await postKey(demo, server, 'checkpresent', key)).toEqual({ present: false });
    }
    expect(openFiles()).toEqual([]);
  });
});
