/**
 * What the real servers never answer, cut, or answer with a bare 500 (spec/p2p-http.md section 5,
 * spec/newest.md section 4), one test a fault: each has a truthful answer here.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import {
  answerOf,
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
} from './annex-requests.ts';
import { leftovers, openFiles } from './leaks.ts';
import {
  contentPath,
  demoForTests,
  holders,
  repositoryOf,
  type ServedDemo,
} from './served-demo.ts';

const demo = await demoForTests();
/** One that is impatient wherever it may be. */
const hasty = await demoForTests({
  limits: { sameKeyWaitMs: 100, headersMs: 200, idleConnectionMs: 200, idleBodyMs: 60_000 },
});
const notRemoved = { removed: false, plusuuids: [] };
const removed = { removed: true, plusuuids: [] };
const stored = { stored: true, plusuuids: [] };
const notLocked = { locked: false };

/** A key that the first node has. */
async function storedKey(length = 1000): Promise<Key> {
  const { content, key } = newContent(length);
  await put(demo, 'node1', key, content);
  return key;
}

function partialBytes(key: Key, on: ServedDemo = demo): number {
  const path = join(repositoryOf(on.directory, 'node1'), 'annex', 'tmp', serializeKey(key));
  return existsSync(path) ? statSync(path).size : 0;
}

describe('never answered by 10.20250416, and with a bare 500 by the newest', () => {
  it('a removal of a locked key: it is not removed, and may be later', async () => {
    const key = await storedKey();
    const id = await lockOf(demo, 'node1', key);
    const inTime = { timestamp: 2 ** 40 };

    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    expect(await postKey(demo, 'node1', 'remove-before', key, inTime)).toEqual(notRemoved);
    const cluster = await postKey(demo, 'cluster', 'remove', key);
    expect(cluster).toHaveProperty('removed', false);

    keepLock(demo, 'node1', id).end('{"unlock":true}');
    await until(() => openFiles().length === 0, 'the end of the lock');
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it('a removal of a key that a broken connection has promised to keep', async () => {
    const key = await storedKey();
    const id = await lockOf(demo, 'node1', key);
    const sent = keepLock(demo, 'node1', id);
    await postKey(demo, 'node1', 'checkpresent', key);
    const promise = `${contentPath(repositoryOf(demo.directory, 'node1'), key)}.rtm`;
    const before = readFileSync(promise, 'latin1');
    sent.destroy();
    await until(() => readFileSync(promise, 'latin1') !== before, 'the promise to begin anew');

    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: true });

    keepLock(demo, 'node1', id).end('{"unlock":true}');
    await until(() => openFiles().length === 0, 'the end of the lock');
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it('a putoffset during an upload: what has arrived so far', async () => {
    const { content, key } = newContent(10_000);
    const sent = beginPut(demo, 'node1', key, { length: content.length });
    for (const bytes of [2000, 7000]) {
      sent.write(content.subarray(partialBytes(key), bytes));
      await until(() => partialBytes(key) === bytes, 'what was sent');
      expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: bytes });
    }
    sent.end(content.subarray(7000));

    expect(await jsonOf(sent)).toEqual(stored);
    expect(await postKey(demo, 'node1', 'putoffset', key)).toHaveProperty('alreadyhave', true);
  });

  it('a second put of a key under way: stored when the first one is', async () => {
    const { content, key } = newContent(10_000);
    const first = beginPut(demo, 'node1', key, { length: content.length });
    first.write(content.subarray(0, 5000));
    await until(() => partialBytes(key) === 5000, 'the first half');
    const others = Array.from({ length: 5 }, () => put(demo, 'node1', key, content));
    first.end(content.subarray(5000));

    expect(await jsonOf(first)).toEqual(stored);
    for (const answer of await Promise.all(others)) expect(answer).toEqual(stored);
  });

  it('a second put that waited in vain: not stored, and the first goes on', async () => {
    const { content, key } = newContent(10_000);
    const first = beginPut(hasty, 'node1', key, { length: content.length });
    first.write(content.subarray(0, 5000));
    await until(() => partialBytes(key, hasty) === 5000, 'the first half');

    expect(await put(hasty, 'node1', key, content)).toEqual({ stored: false, plusuuids: [] });
    expect(hasty.warnings.join('\n')).toContain('another upload of this key was still running');

    first.end(content.subarray(5000));
    expect(await jsonOf(first)).toEqual(stored);
  });
});

describe('cut by 10.20250416', () => {
  it('a keeplocked that says nothing for longer than any idle connection may', async () => {
    const { content, key } = newContent();
    await put(hasty, 'node1', key, content);
    const sent = keepLock(hasty, 'node1', await lockOf(hasty, 'node1', key));
    await postKey(hasty, 'node1', 'checkpresent', key);

    // Both are closed by the server in the meantime, the one as idle and the other as half a
    // request.
    const idle = closed(hasty.port, `GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n`);
    const half = closed(hasty.port, 'GET /git-annex/ HTT');
    expect(await idle).toMatch(/^HTTP\/1\.1 404 /);
    expect(await half).toMatch(/^HTTP\/1\.1 408 /);

    expect(await postKey(hasty, 'node1', 'remove', key)).toEqual(notRemoved);
    sent.write('{"unlock":true}');
    expect(await jsonOf(sent)).toEqual(notLocked);
    expect(await postKey(hasty, 'node1', 'remove', key)).toEqual(removed);
  });
});

describe('stopped 10.20250416', () => {
  it('sixty locks that are kept at once: everything else goes on', async () => {
    const keys = await Promise.all(Array.from({ length: 12 }, () => storedKey()));
    const locked = Array.from({ length: 60 }, (_, i) => keys[i % keys.length] ?? raise());
    const ids = await Promise.all(locked.map((key) => lockOf(demo, 'node1', key)));
    const kept = ids.map((id) => keepLock(demo, 'node1', id));

    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
    expect(await postKey(demo, 'cluster', 'remove', key)).toHaveProperty('removed', true);
    for (const one of keys) expect(await postKey(demo, 'node1', 'remove', one)).toEqual(notRemoved);

    const ends = kept.map((sent) => {
      sent.end('{"unlock":true}');
      return jsonOf(sent);
    });
    for (const answer of await Promise.all(ends)) expect(answer).toEqual(notLocked);
    for (const one of keys) expect(await postKey(demo, 'node1', 'remove', one)).toEqual(removed);
  });
});

describe('left behind by 10.20250416', () => {
  it('the retention file of locks that begin and end at one instant', async () => {
    const key = await storedKey();
    const before = leftovers(demo);
    for (let round = 0; round < 5; round += 1) {
      const ids = await Promise.all([1, 2, 3].map(() => lockOf(demo, 'node1', key)));
      const ends = ids.map((id) => {
        const sent = keepLock(demo, 'node1', id);
        sent.end('{"unlock":true}');
        return jsonOf(sent);
      });
      expect(await Promise.all(ends)).toEqual([notLocked, notLocked, notLocked]);
    }
    expect(leftovers(demo)).toEqual(before);
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });
});

describe('stalled by 10.20250416', () => {
  it('the last part of one GET in some hundreds: four hundred of a megabyte end', async () => {
    const { content, key } = newContent(1_000_000);
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', `key/${serializeKey(key)}`);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const worker = async (): Promise<number> => {
      let whole = 0;
      for (let i = 0; i < 50; i += 1) {
        const { body } = await ask(demo, path, { agent });
        if (body.equals(content)) whole += 1;
      }
      return whole;
    };

    const whole = await Promise.all(Array.from({ length: 8 }, worker));
    agent.destroy();

    expect(whole).toEqual(Array.from({ length: 8 }, () => 50));
    await until(() => openFiles().length === 0, 'the end of the downloads');
  });
});

describe('made into an empty file by both', () => {
  it('an absent key, and one that has been uploaded in part: not found', async () => {
    const { content, key } = newContent(10_000);
    expect((await get(demo, 'node1', key)).status).toBe(404);
    const sent = beginPut(demo, 'node1', key, { length: content.length });
    sent.write(content.subarray(0, 5000));
    await until(() => partialBytes(key) === 5000, 'the first half');
    expect((await get(demo, 'node1', key)).status).toBe(404);
    expect((await get(demo, 'cluster', key)).status).toBe(404);
    sent.end(content.subarray(5000));
    await answerOf(sent);
    expect(holders(demo, key)).toEqual(['node1']);
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
  });
});

/** What a connection says until the server closes it. */
function closed(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      said += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

function raise(): never {
  throw new Error('no key');
}
