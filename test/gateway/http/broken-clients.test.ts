import { once } from 'node:events';
import { Agent, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { collect } from '../../support/objects.ts';
import {
  answerOf,
  ask,
  begin,
  beginPut,
  breakOff,
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
import { leftovers, openFiles, openSockets } from '../leaks.ts';
import { holders, logged, newDemo, nodeNames, serveDemo, type ServedDemo } from '../served-demo.ts';

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  for (const node of nodeNames) await postKey(demo, node, 'remove', newContent().key);
});
afterAll(() => demo.close());

describe('clients that vanish', () => {
  it('in the middle of an upload leave a partial and nothing else', async () => {
    const sockets = openSockets();
    const clients = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all(
      clients.map(async (i) => {
        const server = i % 2 === 0 ? 'cluster' : 'node2';
        const { content, key } = newContent(200_000);
        const sent = beginPut(demo, server, key, { length: content.length });
        await breakOff(sent, content.subarray(0, 100_000), async () => {
          const answer = await postKey(demo, server, 'putoffset', key);
          return JSON.stringify(answer) === '{"offset":100000}';
        });
      }),
    );

    await until(() => openFiles().length === 0, 'the end of the uploads');
    expect(leftovers(demo).every((path) => path.startsWith('tmp/SHA256-s200000--'))).toBe(true);
    expect(leftovers(demo)).toHaveLength(30);
    await until(() => openSockets() <= sockets, 'the end of the connections');
  });

  it('before any byte of an upload leave nothing at all', async () => {
    const before = leftovers(demo).length;
    for (let i = 0; i < 20; i += 1) {
      const sent = beginPut(demo, 'cluster', newContent().key, { length: 1000 });
      sent.on('error', () => undefined);
      sent.flushHeaders();
      if (i % 2 === 0) await postKey(demo, 'node1', 'checkpresent', newContent().key);
      sent.destroy();
    }
    await until(() => openFiles().length === 0, 'the end of all');
    expect(leftovers(demo)).toHaveLength(before);
  });

  it('in the middle of a download leave no file open', async () => {
    const { content, key } = newContent(30_000_000);
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', `key/${serializeKey(key)}`);
    for (let i = 0; i < 10; i += 1) {
      const sent = begin(demo, path);
      sent.on('error', () => undefined);
      await new Promise<void>((resolve) => {
        sent.once('response', (response) => {
          response.on('error', () => undefined);
          response.once('data', () => {
            sent.destroy();
            resolve();
          });
        });
        sent.end();
      });
    }
    await until(() => openFiles().length === 0, 'the end of the downloads');
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
    expect((await ask(demo, path, { method: 'HEAD' })).status).toBe(200);
    await until(() => openFiles().length === 0, 'the end of the last download');
  });

  it('when all of an upload was sent leave it stored, and logged', async () => {
    const { content, key } = newContent(200_000);
    const sent = beginPut(demo, 'node1', key, { length: content.length });
    sent.on('error', () => undefined);
    sent.end(content);
    await until(() => holders(demo, key).includes('node1'), 'the content');
    sent.destroy();
    await until(() => openFiles().length === 0, 'the end of the upload');
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: true });
    await until(() => logged(demo, key).join() === 'node1', 'the line in the log');
  });

  it('while they wait for another upload of the key give up their place', async () => {
    const { content, key } = newContent(10_000);
    const first = beginPut(demo, 'node1', key, { length: content.length });
    first.write(content.subarray(0, 5000));
    await until(
      async () =>
        JSON.stringify(await postKey(demo, 'node1', 'putoffset', key)) === '{"offset":5000}',
      'the first half',
    );
    const waiting = Array.from({ length: 10 }, () => {
      const sent = beginPut(demo, 'node1', key, { length: content.length });
      sent.on('error', () => undefined);
      sent.end(content);
      return sent;
    });
    await postKey(demo, 'node1', 'checkpresent', key);
    for (const sent of waiting) sent.destroy();
    first.end(content.subarray(5000));
    expect((await answerOf(first)).body.toString()).toContain('"stored":true');
    await until(() => openFiles().length === 0, 'the end of all');
  });

  it('before a lock of theirs is there leave none, as nobody could ever end it', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const locks = demo.gateway.locks.count;
    const path = pathOf(demo, 'node1', 'lockcontent', { key: serializeKey(key) });
    const served = demo.gateway.store.bind(demo.gateway);
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    let goOn = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    demo.gateway.store = async (uuid) => {
      isAsked();
      await gone;
      return await served(uuid);
    };
    try {
      const sockets = openSockets();
      const sent = begin(demo, path, { method: 'POST' });
      sent.on('error', () => undefined);
      sent.end();
      await asked;
      sent.destroy();
      await until(() => openSockets() <= sockets, 'the end of the connection');
    } finally {
      demo.gateway.store = served;
      goOn();
    }
    await until(
      async () => JSON.stringify(await postKey(demo, 'node1', 'remove', key)).includes('true'),
      'the end of the lock',
    );
    expect(demo.gateway.locks.count).toBe(locks);
  });

  it('have no say in what is read, stored and removed at the same time', async () => {
    const { content, key } = newContent(8_000_000);
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', `key/${serializeKey(key)}`);
    const readers = [1, 2, 3].map(() => begin(demo, path));
    const responses = readers.map(async (sent) => {
      const [response]: IncomingMessage[] = await once(sent, 'response');
      return response;
    });
    for (const sent of readers) sent.end();
    const begun = await Promise.all(responses);

    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', true);
    begun[0]?.on('error', () => undefined).destroy();
    expect((await get(demo, 'node1', key)).status).toBe(404);
    for (const response of begun.slice(1)) {
      expect(response !== undefined && (await collect(response)).equals(content)).toBe(true);
    }
    await until(() => openFiles().length === 0, 'the end of the downloads');
  });

  it('leave the gateway answering everybody else, and no lock that it cannot end', async () => {
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    expect(holders(demo, key)).toHaveLength(2);
    expect(demo.warnings.filter((warning) => !warning.includes('aborted'))).toEqual([]);
  });
});

describe('puts during locks', () => {
  it('are answered as ever, of the locked key and of others, and change nothing of the lock', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const sent = keepLock(demo, 'node1', await lockOf(demo, 'node1', key));

    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    const other = newContent();
    expect(await put(demo, 'node1', other.key, other.content)).toHaveProperty('stored', true);
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', false);

    sent.end('{"unlock":true}');
    expect(await jsonOf(sent)).toEqual({ locked: false });
    expect(await postKey(demo, 'node1', 'remove', key)).toHaveProperty('removed', true);
  });
});

describe('slow clients', () => {
  beforeAll(async () => {
    await demo.close();
    demo = await serveDemo(demo.directory, { limits: { idleBodyMs: 2000 } });
  });
  afterAll(async () => {
    await demo.close();
    demo = await serveDemo(demo.directory);
  });

  /** At least a hundred of them are longer than the two seconds that one may idle. */
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(() => resolve(), 20));

  it('that read a little now and then get all of it, though it takes longer than one may idle', async () => {
    const { content, key } = newContent(8_000_000);
    await put(demo, 'node1', key, content);
    const sent = begin(demo, pathOf(demo, 'node1', `key/${serializeKey(key)}`));
    sent.end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    const pieces: Buffer[] = [];
    for await (const piece of response ?? []) {
      pieces.push(piece);
      await pause();
    }
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
  });

  it('that write a little now and then have it stored', async () => {
    const { content, key } = newContent(120);
    const sent = beginPut(demo, 'cluster', key, { length: content.length });
    for (let i = 0; i < content.length; i += 1) {
      sent.write(content.subarray(i, i + 1));
      await pause();
    }
    sent.end();
    expect(await jsonOf(sent)).toHaveProperty('stored', true);
  });
});

describe('connections', () => {
  it('go on after a refused upload whose whole body was still to come', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { content, key } = newContent(2_000_000);
    await put(demo, 'node1', key, content);
    const bodies = ['node1', 'cluster', 'nobody'];
    for (const server of bodies) {
      const uuid = server === 'nobody' ? 'nobody' : demo.uuids.node1;
      const path = `/git-annex/${uuid}/v4/put?clientuuid=me&key=${serializeKey(key)}`;
      const headers = { 'X-git-annex-data-length': '2000000' };
      const answer = await ask(demo, path, { method: 'POST', headers, body: content, agent });
      expect(answer.status).toBe(server === 'nobody' ? 404 : 200);
    }
    agent.destroy();
  });

  it('that speak no HTTP are ended with a status', async () => {
    const socket = connect(demo.port, '127.0.0.1');
    const said = await new Promise<string>((resolve) => {
      let text = '';
      socket.setEncoding('latin1');
      socket.on('data', (piece: string) => {
        text += piece;
      });
      socket.on('error', () => resolve(text));
      socket.on('close', () => resolve(text));
      socket.write('\u0000\u0001 nonsense\r\n\r\n');
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answer requests that follow each other without waiting, in order', async () => {
    const paths = ['gettimestamp', 'checkpresent', 'gettimestamp'].map((endpoint) =>
      pathOf(demo, 'node1', endpoint, { key: 'X--y' }),
    );
    const socket = connect(demo.port, '127.0.0.1');
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      socket.setEncoding('latin1');
      socket.on('data', (piece: string) => {
        all += piece;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(all));
      socket.write(
        paths
          .map((path, i) => {
            const last = i === paths.length - 1 ? 'Connection: close\r\n' : '';
            return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n${last}\r\n`;
          })
          .join(''),
      );
    });
    const bodies = [...text.matchAll(/\{"(timestamp|present)":/g)].map(([, name]) => name);
    expect(bodies).toEqual(['timestamp', 'present', 'timestamp']);
  });

  it('that send nothing in the middle of an upload are ended, and what came is kept', async () => {
    await demo.close();
    demo = await serveDemo(demo.directory, { limits: { idleBodyMs: 300 } });
    const { content, key } = newContent(2000);
    const sent = beginPut(demo, 'node1', key, { length: 2000 });
    const ended = new Promise<string>((resolve) => {
      sent.once('error', (error) => resolve(error.message));
      sent.once('response', () => resolve('an answer'));
    });
    sent.write(content.subarray(0, 1000));
    expect(await ended).toBe('socket hang up');
    await until(() => openFiles().length === 0, 'the end of the upload');
    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: 1000 });
  });
});
