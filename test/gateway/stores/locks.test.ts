import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClientRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import {
  jsonOf,
  keepLock,
  lockOf,
  newContent,
  post,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import { demoForTests, contentPath, repositoryOf } from '../served-demo.ts';

const demo = await demoForTests();

const notLocked = { locked: false };
const removed = { removed: true, plusuuids: [] };
const notRemoved = { removed: false, plusuuids: [] };

/** A key that the first node has. */
async function storedKey(): Promise<Key> {
  const { content, key } = newContent();
  await put(demo, 'node1', key, content);
  return key;
}

const lock = (key: Key): Promise<string> => lockOf(demo, 'node1', key);
const keep = (id: string): ClientRequest => keepLock(demo, 'node1', id);

/** The lock files beside a content of the first node. */
function filesBeside(key: Key): string[] {
  const path = contentPath(repositoryOf(demo.directory, 'node1'), key);
  return readdirSync(dirname(path))
    .filter((name) => /\.(lck|rtm|rtl)$/.test(name))
    .map((name) => name.slice(-3))
    .sort();
}

/** Seconds from now until which the retention file of a content holds. */
function retentionSeconds(key: Key): number {
  const path = `${contentPath(repositoryOf(demo.directory, 'node1'), key)}.rtm`;
  return existsSync(path) ? Number.parseFloat(readFileSync(path, 'latin1')) - Date.now() / 1000 : 0;
}

describe('a content lock', () => {
  it('keeps the content until its client says to unlock, and leaves no file behind', async () => {
    const key = await storedKey();
    const id = await lock(key);
    expect(filesBeside(key)).toEqual(['lck', 'rtl', 'rtm']);
    const sent = keep(id);
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: true });

    sent.write('{"unlock":true}');

    expect(await jsonOf(sent)).toEqual(notLocked);
    sent.end();
    expect(filesBeside(key)).toEqual([]);
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it.for([
    ['the end of the body', ''],
    ['junk', 'junk'],
    ['an object of another kind', '{"foo":1}'],
    ['unlock in a further object', '{"unlock":false}{"unlock":true}'],
  ] as const)('ends with %s', async ([, rest]) => {
    const key = await storedKey();
    const sent = keep(await lock(key));
    sent.end(rest);
    expect(await jsonOf(sent)).toEqual(notLocked);
    expect(filesBeside(key)).toEqual([]);
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it('outlives the connection that kept it by the ten minutes that the protocol promises', async () => {
    const key = await storedKey();
    const sent = keep(await lock(key));
    await postKey(demo, 'node1', 'checkpresent', key); // the keeping has arrived by now
    sent.destroy();

    await until(() => retentionSeconds(key) > 595, 'the retention');
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    expect(filesBeside(key)).toContain('rtm');
    expect(demo.warnings).toEqual([]);
  });

  it('whose connection broke off is ended at once by its id, and counts until then', async () => {
    const key = await storedKey();
    const before = demo.gateway.locks.count;
    const id = await lock(key);
    const sent = keep(id);
    await postKey(demo, 'node1', 'checkpresent', key); // the keeping has arrived by now
    sent.destroy();
    await until(() => retentionSeconds(key) > 595, 'the retention');
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    expect(demo.gateway.locks.count).toBe(before + 1);

    for (let time = 0; time < 2; time += 1) {
      const again = keep(id);
      again.end('{"unlock":true}');
      expect(await jsonOf(again)).toEqual(notLocked);
      expect(filesBeside(key)).toEqual([]);
      expect(demo.gateway.locks.count).toBe(before);
    }
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it('that is let go by its id stays for others who rely on the content', async () => {
    const key = await storedKey();
    const [mine, other] = [await lock(key), await lock(key)];
    const sent = keep(mine);
    sent.end('{"unlock":true}');
    await jsonOf(sent);

    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
    const last = keep(other);
    last.end('{"unlock":true}');
    await jsonOf(last);
    await until(async () => filesBeside(key).length === 0, 'the end of both');
    expect(await postKey(demo, 'node1', 'remove', key)).toEqual(removed);
  });

  it('is one of any number, each with an id of its own', async () => {
    const key = await storedKey();
    const ids = await Promise.all(Array.from({ length: 12 }, () => lock(key)));
    expect(new Set(ids).size).toBe(12);
    for (const id of ids) {
      expect(await postKey(demo, 'node1', 'remove', key)).toEqual(notRemoved);
      const sent = keep(id);
      sent.end('{"unlock":true}');
      expect(await jsonOf(sent)).toEqual(notLocked);
    }
    expect(filesBeside(key)).toEqual([]);
  });

  it('is not to be had on what is absent, nor on a cluster', async () => {
    const { content, key } = newContent();
    expect(await postKey(demo, 'node1', 'lockcontent', key)).toEqual(notLocked);
    await put(demo, 'cluster', key, content);
    expect(await postKey(demo, 'cluster', 'lockcontent', key)).toEqual(notLocked);
  });

  it('an id that nobody knows is answered as unlocked once the body says so', async () => {
    const sent = keep('no-such-lock');
    const answer = jsonOf(sent);
    sent.write('{"unlock":true}');
    expect(await answer).toEqual(notLocked);
    sent.end();
    expect(await post(demo, 'node1', 'keeplocked', { lockid: 'no-such-lock' })).toEqual(notLocked);
  });

  it('keeps one node only: the others of the cluster remove, and the answer says so', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    await put(demo, 'node2', key, content);
    const id = await lock(key);

    const answer = await postKey(demo, 'cluster', 'remove', key);

    const gone = [demo.uuids.node2, demo.uuids.node3].sort();
    expect(answer).toMatchObject({ removed: false, plusuuids: expect.arrayContaining(gone) });
    expect(answer).toHaveProperty('plusuuids.length', 2);
    keep(id).end('{"unlock":true}');
  });
});
