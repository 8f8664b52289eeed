import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import {
  equivalentKeysLogPath,
  formatStamp,
  Repository,
  stampOf,
} from '../../../src/repository/index.ts';
import { keyOf, sha256Key } from '../../support/objects.ts';
import { beginPut, breakOff, get, newContent, postKey, put } from '../annex-requests.ts';
import {
  demoForTests,
  holders,
  logged,
  newDemo,
  nodeNames,
  repositoryOf,
  serveDemo,
  type DemoName,
} from '../served-demo.ts';

const demo = await demoForTests();
const stored = { stored: true, plusuuids: expect.any(Array) };
const notStored = { stored: false, plusuuids: [] };

/** What a client that downloaded it records: that the content of one key is that of another. */
async function record(directory: string, key: Key, equivalent: Key): Promise<void> {
  const repository = await Repository.open(repositoryOf(directory, 'gateway'));
  const line = `${formatStamp(stampOf(Date.now()))} 1 ${serializeKey(equivalent)}\n`;
  await repository.branch.change([
    { path: equivalentKeysLogPath(key), edit: (text) => `${text}${line}` },
  ]);
  await repository.close();
}

/** Bytes of the partial file that a node keeps of a key; undefined for no file. */
function partialBytes(directory: string, name: DemoName, key: Key): number | undefined {
  const path = join(repositoryOf(directory, name), 'annex', 'tmp', keyFile(key));
  return existsSync(path) ? statSync(path).size : undefined;
}

describe('an upload of a key without a hash', () => {
  it.each(['WORM-s1000-m17--file', 'URL-s1000--http&c%%example.com%file', 'XYZ-s1000--x'])(
    '%s is judged by its size, on a cluster and on a node',
    async (name) => {
      const { content } = newContent();
      for (const [server, key] of [
        ['cluster', keyOf(`${name}1`)],
        ['node1', keyOf(`${name}2`)],
      ] as const) {
        for (const wrong of [content.subarray(1), Buffer.concat([content, content])]) {
          expect(await put(demo, server, key, wrong)).toEqual(notStored);
        }
        expect([holders(demo, key), logged(demo, key)]).toEqual([[], []]);
        expect(await put(demo, server, key, content)).toEqual(stored);
        expect(logged(demo, key)).toEqual(holders(demo, key));
        expect((await get(demo, server, key)).body).toEqual(content);
      }
    },
  );

  it('without a size, too, takes whatever is whole, and nothing that broke off', async () => {
    const key = keyOf('URL--http&c%%example.com%any');
    const { content } = newContent();
    const hasArrived = (): boolean =>
      nodeNames.some((name) => partialBytes(demo.directory, name, key) === 500);
    const sent = beginPut(demo, 'cluster', key, { length: content.length });
    await breakOff(sent, content.subarray(0, 500), hasArrived);
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
    expect(await put(demo, 'cluster', key, content)).toEqual(stored);
    expect((await get(demo, 'cluster', key)).body).toEqual(content);
  });
});

describe('an upload of a VURL key', () => {
  it('of which no other key is recorded is judged by its size', async () => {
    const key = keyOf('VURL-s1000--http&c%%example.com%new');
    const { content } = newContent();
    expect(await put(demo, 'cluster', key, content.subarray(1))).toEqual(notStored);
    expect(await put(demo, 'cluster', key, content)).toEqual(stored);
  });

  it('is judged by the keys that are recorded of it', async () => {
    const directory = await newDemo();
    const key = keyOf('VURL--http&c%%example.com%known');
    const [one, other] = [newContent(), newContent()];
    for (const { key: equivalent } of [one, other]) await record(directory, key, equivalent);
    const served = await serveDemo(directory);
    try {
      for (const server of ['cluster', 'node1'] as const) {
        expect(await put(served, server, key, newContent().content)).toEqual(notStored);
        expect([holders(served, key), logged(served, key)]).toEqual([[], []]);
      }
      expect(await put(served, 'cluster', key, other.content)).toEqual(stored);
      expect(logged(served, key)).toEqual(holders(served, key));
      expect((await get(served, 'cluster', key)).body).toEqual(other.content);
    } finally {
      await served.close();
    }
  });

  it('that broke off goes on, and all of it is judged', async () => {
    const directory = await newDemo();
    const key = keyOf('VURL--http&c%%example.com%resumed');
    const { content } = newContent();
    await record(directory, key, sha256Key(content));
    const served = await serveDemo(directory);
    try {
      const hasHalf = (): boolean => partialBytes(directory, 'node1', key) === 500;
      const begun = async (bytes: Buffer): Promise<void> => {
        const sent = beginPut(served, 'node1', key, { length: content.length });
        await breakOff(sent, bytes.subarray(0, 500), hasHalf);
      };
      await begun(newContent().content);
      const rest = { offset: 500 };
      expect(await put(served, 'node1', key, content.subarray(500), rest)).toEqual(notStored);
      await begun(content);
      expect(await put(served, 'node1', key, content.subarray(500), rest)).toEqual(stored);
    } finally {
      await served.close();
    }
  });
});
