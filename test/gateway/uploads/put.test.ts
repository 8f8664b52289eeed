import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { keyOf } from '../../support/objects.ts';
import {
  ask,
  beginPut,
  breakOff,
  get,
  newContent,
  pathOf,
  postKey,
  put,
  answerOf,
  until,
} from '../annex-requests.ts';
import { demoForTests, holders, logged, namesOf, nodeNames, repositoryOf } from '../served-demo.ts';

const demo = await demoForTests();

const stored = { stored: true, plusuuids: [] };
const notStored = { stored: false, plusuuids: [] };

/** Bytes of the partial file that the first node keeps of a key; undefined for no file. */
function partialBytes(key: Key): number | undefined {
  const path = join(repositoryOf(demo.directory, 'node1'), 'annex', 'tmp', serializeKey(key));
  return existsSync(path) ? statSync(path).size : undefined;
}

/** Leaves the first bytes of a content on the first node, as a connection that broke off does. */
async function interrupted(key: Key, bytes: Uint8Array, length: number): Promise<void> {
  const sent = beginPut(demo, 'node1', key, { length });
  await breakOff(sent, bytes, () => partialBytes(key) === bytes.length);
}

describe('a put to a node', () => {
  it('stores the content, there and in both logs, and gives it back', async () => {
    const { content, key } = newContent();

    expect(await put(demo, 'node1', key, content)).toEqual(stored);

    expect(holders(demo, key)).toEqual(['node1']);
    expect(logged(demo, key)).toEqual(['node1']);
    expect(logged(demo, key, 'node1')).toEqual(['node1']);
    const got = await get(demo, 'node1', key);
    expect(got.body.equals(content)).toBe(true);
    expect(got.headers['x-git-annex-data-length']).toBe('1000');
    expect((await get(demo, 'node2', key)).status).toBe(404);
  });

  it('writes nothing of an upload that is longer than the key says', async () => {
    const key = keyOf('WORM-s10--liar');

    expect(await put(demo, 'node1', key, Buffer.alloc(50_000))).toEqual(notStored);

    expect(partialBytes(key)).toBeUndefined();
    expect(logged(demo, key)).toEqual([]);
  });

  it('keeps what had come when the connection broke off, and goes on from there', async () => {
    const { content, key } = newContent(100_000);
    await interrupted(key, content.subarray(0, 60_000), 100_000);

    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: 60_000 });
    expect(await postKey(demo, 'node1', 'checkpresent', key)).toEqual({ present: false });
    expect(logged(demo, key)).toEqual([]);
    const rest = content.subarray(60_000);
    expect(await put(demo, 'node1', key, rest, { offset: 60_000 })).toEqual(stored);
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
  });

  it('takes an offset below what it kept, and refuses one beyond', async () => {
    const { content, key } = newContent(1000);
    await interrupted(key, content.subarray(0, 600), 1000);

    expect(await put(demo, 'node1', key, content.subarray(700), { offset: 700 })).toEqual(
      notStored,
    );
    expect(partialBytes(key)).toBe(600);
    expect(await put(demo, 'node1', key, content.subarray(300), { offset: 300 })).toEqual(stored);
  });

  it('keeps no less than before when the next try brings fewer bytes', async () => {
    const { content, key } = newContent(1000);
    await interrupted(key, content.subarray(0, 600), 1000);
    await put(demo, 'node1', key, content.subarray(0, 200), { length: 1000 });

    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: 600 });
    expect(await put(demo, 'node1', key, content.subarray(600), { offset: 600 })).toEqual(stored);
  });

  it('completes a partial that has all bytes already by a put of none', async () => {
    const { content, key } = newContent(500);
    const directory = join(repositoryOf(demo.directory, 'node1'), 'annex', 'tmp');
    writeFileSync(join(directory, serializeKey(key)), content);

    expect(await put(demo, 'node1', key, Buffer.alloc(0), { offset: 500 })).toEqual(stored);
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
  });

  it('stores nothing of wrong bytes, and forgets them', async () => {
    const { content, key } = newContent(500);
    const wrong = Buffer.from(content);
    wrong[250] = (wrong[250] ?? 0) ^ 1;

    expect(await put(demo, 'node1', key, wrong)).toEqual(notStored);
    expect(await put(demo, 'node1', key, content.subarray(1))).toEqual(notStored);
    expect(partialBytes(key)).toBeUndefined();
    expect(holders(demo, key)).toEqual([]);
    expect(logged(demo, key)).toEqual([]);
  });

  it('judges what it kept with what comes: a wrong beginning is found out and forgotten', async () => {
    const { content, key } = newContent(500);
    const wrong = Buffer.from(content.subarray(0, 200));
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    await interrupted(key, wrong, 500);

    expect(await put(demo, 'node1', key, content.subarray(200), { offset: 200 })).toEqual(
      notStored,
    );
    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: 0 });
  });

  it('stores nothing when more or fewer bytes come than were said', async () => {
    const { content, key } = newContent(500);
    for (const length of [0, 499, 501, -1]) {
      expect(await put(demo, 'node1', key, content, { length })).toEqual(notStored);
    }
    expect(holders(demo, key)).toEqual([]);
    expect(await put(demo, 'node1', key, content)).toEqual(stored);
  });

  it('stores an empty content, and nothing in place of one that is not empty', async () => {
    const empty = keyOf(
      'SHA256-s0--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(await put(demo, 'node1', empty, Buffer.alloc(0))).toEqual(stored);
    expect((await get(demo, 'node1', empty)).body).toHaveLength(0);
    expect(await put(demo, 'node1', newContent().key, Buffer.alloc(0))).toEqual(notStored);
  });

  it('says at once that it has the key, whatever the body, and the connection stays usable', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    expect(await put(demo, 'node1', key, Buffer.alloc(3_000_000))).toEqual(stored);
    expect(await put(demo, 'node1', key, Buffer.alloc(3), { offset: 7, length: 9 })).toEqual(
      stored,
    );
    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({
      alreadyhave: true,
      plusuuids: [],
    });
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
  });

  it('with data-present ignores the body and says whether the key is there', async () => {
    const { content, key } = newContent();
    const parameters = { 'data-present': true };
    expect(await put(demo, 'node1', key, content, { parameters })).toEqual(notStored);
    await put(demo, 'node1', key, content);
    expect(await put(demo, 'node1', key, Buffer.alloc(0), { parameters })).toEqual(stored);
  });

  it('takes what Skein says is the content, and nothing else of that size', async () => {
    // Appendix C.1 of the paper of Skein 1.3.
    const digest = '0b98dcd198ea0e50a7a244c444e25c23da30c10fc9a1f270a6637f1f34e67ed2';
    const key = keyOf(`SKEIN256-s1--${digest}`);
    expect(await put(demo, 'node1', key, Buffer.of(0xfe))).toEqual(notStored);
    expect(holders(demo, key)).toEqual([]);
    expect(await put(demo, 'node1', key, Buffer.of(0xff))).toEqual(stored);
    expect(holders(demo, key)).toEqual(['node1']);
  });

  it('refuses a key whose hash it cannot compute before it reads anything', async () => {
    const key = keyOf('SKEIN1024-s5--00');
    expect(await put(demo, 'node1', key, Buffer.alloc(5))).toBe(501);
    expect(partialBytes(key)).toBeUndefined();
  });
});

describe('a put to the cluster', () => {
  it('stores on the two nodes that the expression names, and says and logs just these', async () => {
    const { content, key } = newContent();

    const answer = await put(demo, 'cluster', key, content);

    const where = holders(demo, key);
    expect(where).toHaveLength(2);
    expect(where).not.toContain('gateway');
    expect(answer).toEqual({ stored: true, plusuuids: expect.any(Array) });
    expect(namesIn(answer)).toEqual(where);
    expect(logged(demo, key)).toEqual(where);
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
    expect((await get(demo, 'cluster', key, 990)).body.equals(content.subarray(990))).toBe(true);
    expect((await get(demo, 'cluster', key, 2000)).body).toHaveLength(0);
  });

  it('does not spread on a second put, and names the holders', async () => {
    const { content, key } = newContent();
    const first = await put(demo, 'cluster', key, content);
    const second = await put(demo, 'cluster', key, content);
    expect(namesIn(second)).toEqual(namesIn(first));
    expect(holders(demo, key)).toHaveLength(2);
  });

  it('offers the smallest offset of its nodes, and completes all from there', async () => {
    const { content, key } = newContent(1000);
    const sent = beginPut(demo, 'cluster', key, { length: 1000 });
    const offset = async (): Promise<unknown> => postKey(demo, 'cluster', 'putoffset', key);
    const isThere = async (): Promise<boolean> =>
      JSON.stringify(await offset()) === '{"offset":500}';
    await breakOff(sent, content.subarray(0, 500), isThere);
    const offsets = await Promise.all(nodeNames.map((n) => postKey(demo, n, 'putoffset', key)));
    const one = offsets.findIndex((answer) => JSON.stringify(answer) === '{"offset":500}');
    const more = { offset: 500, length: 500 };
    await put(demo, nodeNames[one] ?? 'node1', key, content.subarray(500, 700), more);

    expect(await offset()).toEqual({ offset: 500 });
    const answer = await put(demo, 'cluster', key, content.subarray(500), { offset: 500 });
    expect(answer).toHaveProperty('stored', true);
    expect(namesIn(answer)).toHaveLength(2);
    expect(holders(demo, key)).toEqual(namesIn(answer));
  });

  it('stores nothing of wrong bytes, and logs nothing', async () => {
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content.fill(0))).toEqual(notStored);
    expect(holders(demo, key)).toEqual([]);
    expect(logged(demo, key)).toEqual([]);
  });
});

describe('uploads of one key at once', () => {
  it('fifty clients all hear that it is stored, and there is one copy on each node', async () => {
    const { content, key } = newContent(200_000);
    const clients = Array.from({ length: 50 }, () => put(demo, 'cluster', key, content));
    const answers = await Promise.all(clients);
    for (const answer of answers) expect(answer).toHaveProperty('stored', true);
    expect(holders(demo, key)).toHaveLength(2);
    expect(logged(demo, key)).toEqual(holders(demo, key));
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
  });

  it('of two clients the second waits for the first, and both are answered', async () => {
    const { content, key } = newContent(10_000);
    const slow = beginPut(demo, 'node1', key, { length: 10_000 });
    slow.write(content.subarray(0, 5000));
    await until(() => partialBytes(key) === 5000, 'the first half');
    const second = put(demo, 'node1', key, content);
    expect(await postKey(demo, 'node1', 'putoffset', key)).toEqual({ offset: 5000 });
    slow.end(content.subarray(5000));

    expect((await answerOf(slow)).body.toString()).toContain('"stored":true');
    expect(await second).toEqual(stored);
    expect((await get(demo, 'node1', key)).body.equals(content)).toBe(true);
  });

  it('of two clients the second stores it when the first one vanishes', async () => {
    const { content, key } = newContent(10_000);
    const first = beginPut(demo, 'cluster', key, { length: 10_000 });
    first.on('error', () => undefined);
    first.write(content.subarray(0, 5000));
    await until(
      async () => JSON.stringify(await postKey(demo, 'cluster', 'putoffset', key)).includes('5000'),
      'the first half',
    );
    const second = put(demo, 'cluster', key, content);
    first.destroy();

    expect(await second).toHaveProperty('stored', true);
    expect((await get(demo, 'cluster', key)).body.equals(content)).toBe(true);
  });

  it('puts and removals at once leave disk and log in agreement', async () => {
    const { content, key } = newContent(10_000);
    for (let round = 0; round < 3; round += 1) {
      const acts = Array.from({ length: 6 }, (_, i) =>
        i % 2 === 0 ? put(demo, 'cluster', key, content) : postKey(demo, 'cluster', 'remove', key),
      );
      for (const answer of await Promise.all(acts)) expect(answer).toBeTypeOf('object');
      expect(logged(demo, key)).toEqual(holders(demo, key));
    }
  });

  it('a HEAD gives the headers of the content alone', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    const path = pathOf(demo, 'node1', `key/${serializeKey(key)}`);
    const answer = await ask(demo, path, { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(answer.headers).toMatchObject({
      'x-git-annex-data-length': '1000',
      'content-type': 'application/octet-stream',
    });
  });
});

function namesIn(answer: unknown): string[] {
  const uuids: unknown =
    typeof answer === 'object' && answer !== null && 'plusuuids' in answer ? answer.plusuuids : [];
  return Array.isArray(uuids) ? namesOf(demo, uuids.map(String)) : [];
}
