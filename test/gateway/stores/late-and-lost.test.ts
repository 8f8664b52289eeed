import { renameSync, unlinkSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { ServedNode } from '../../../src/gateway/stores/served-node.ts';
import { brokenBody } from '../../../src/gateway/uploads/upload.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { LockTable } from '../../../src/gateway/stores/lock-table.ts';
import {
  answerOf,
  begin,
  beginPut,
  newContent,
  pathOf,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import { openFiles } from '../leaks.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import {
  contentPath,
  holders,
  newDemo,
  nodeNames,
  repositoryOf,
  serveDemo,
  type ServedDemo,
} from '../served-demo.ts';

let demo: ServedDemo;
let directory: string;
beforeAll(async () => {
  directory = await newDemo();
});
beforeEach(async () => {
  demo = await serveDemo(directory);
});
afterEach(() => demo.close().catch(() => undefined));

/** Room is of no account here. */
const reserveNothing = () => ({ end: () => undefined });

describe('what is gone, fails or comes late', () => {
  it('notices that the copies its log names are gone, and stores the content anew', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    for (const name of nodeNames) {
      if (holders(demo, key).includes(name))
        unlinkSync(contentPath(repositoryOf(demo.directory, name), key));
    }

    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: false });
    expect(await postKey(demo, 'cluster', 'putoffset', key)).toEqual({ offset: 0 });
    const answer = await put(demo, 'cluster', key, content);
    expect(answer).toHaveProperty('stored', true);
    expect(holders(demo, key)).not.toEqual([]);
  });

  it('data-present does not trust the log alone', async () => {
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    for (const name of nodeNames) {
      if (holders(demo, key).includes(name))
        unlinkSync(contentPath(repositoryOf(demo.directory, name), key));
    }
    expect(
      await put(demo, 'cluster', key, Buffer.alloc(0), { parameters: { 'data-present': true } }),
    ).toHaveProperty('stored', false);
  });

  it('a commit that fails gives its deposit up: lock, descriptor and claim', async () => {
    const { content, key } = newContent(10_000);
    const sent = beginPut(demo, 'node1', key, { length: content.length });
    sent.write(content.subarray(0, 5000));
    await until(
      async () =>
        JSON.stringify(await postKey(demo, 'node1', 'putoffset', key)) === '{"offset":5000}',
      'half',
    );
    const path = repositoryOf(directory, 'node1');
    renameSync(path, `${path}.away`);
    sent.end(content.subarray(5000));
    await answerOf(sent);
    renameSync(`${path}.away`, path);
    const again = await put(demo, 'node1', key, content);
    expect(again).toHaveProperty('stored', true);
  });

  it('closes although a node with a lock is gone', async () => {
    const { content, key } = newContent(10_000);
    await put(demo, 'node1', key, content);
    await postKey(demo, 'node1', 'lockcontent', key);
    const path = repositoryOf(directory, 'node1');
    renameSync(path, `${path}.away`);
    try {
      await expect(demo.close()).resolves.toBeUndefined();
    } finally {
      renameSync(`${path}.away`, path);
    }
  });

  it('a client that stops reading a download is ended', async () => {
    await demo.close();
    demo = await serveDemo(directory, { limits: { idleBodyMs: 300, idleConnectionMs: 300 } });
    const { content, key } = newContent(30_000_000);
    await put(demo, 'node1', key, content);
    const sent = begin(demo, pathOf(demo, 'node1', `key/${serializeKey(key)}`));
    sent.on('error', () => undefined);
    sent.on('response', (response) => response.pause().on('error', () => undefined));
    sent.end();
    await until(() => openFiles().length > 0, 'the beginning of the download');
    await until(() => openFiles().length === 0, 'its end');
    expect(sent.destroyed).toBe(false); // it was not the client that ended it
    sent.destroy();
  });

  it('the end of a lock that fails takes nothing else down', async () => {
    const clock = new SimulatedClock();
    const seen: unknown[] = [];
    const note = (reason: unknown): void => void seen.push(reason);
    process.on('unhandledRejection', note);
    const table = new LockTable(defaultLimits, { clock, onProblem: () => undefined });
    table.add({
      release: () => Promise.reject(new Error('disk gone')),
      leave: () => Promise.resolve(),
    });
    await clock.pass(defaultLimits.lockLifetimeMs + 1);
    expect(table.count).toBe(0);
    process.off('unhandledRejection', note);
    expect(seen).toEqual([]);
  });

  it('a lock that comes after the limit is given back', async () => {
    const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'slow' });
    const { content, key } = newContent();
    node.contents.set(serializeKey(key), content);
    node.before = () => new Promise((resolve) => setTimeout(() => resolve(), 100));
    const served = new ServedNode(node, workWith(20), reserveNothing);
    await expect(served.lock(key)).rejects.toThrow('no answer');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([...node.open]).toEqual([]);
  });

  it('a content that comes after the limit is closed', async () => {
    const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'slow' });
    const { content, key } = newContent();
    node.contents.set(serializeKey(key), content);
    let closed = 0;
    const get = node.get.bind(node);
    node.get = async (k, from) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const got = await get(k, from);
      if (got === undefined) return got;
      return {
        ...got,
        stream: {
          lengthBytes: got.stream.lengthBytes,
          [Symbol.asyncIterator]: () => got.stream[Symbol.asyncIterator](),
          close: async () => {
            closed += 1;
          },
        },
      };
    };
    await expect(new ServedNode(node, workWith(20), reserveNothing).get(key, 0)).rejects.toThrow(
      'no answer',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(closed).toBe(1);
  });

  it.for(['put', 'start', 'abandon'] as const)(
    'an upload to a node that never ends %s is answered',
    async (step) => {
      const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'hung' });
      const { content, key } = newContent();
      node.before = (now) => (now === step ? new Promise(() => undefined) : undefined);
      const wrong = Buffer.from(content).fill(0);
      const put = new ServedNode(node, workWith(100), reserveNothing).put({
        key,
        associatedFile: undefined,
        offsetBytes: 0,
        lengthBytes: wrong.length,
        body: streamOf(wrong),
        signal: new AbortController().signal,
      });
      const late = new Promise((resolve) => setTimeout(() => resolve('never answered'), 1000));
      expect(
        await Promise.race([
          put.then(
            () => 'answered',
            () => 'answered',
          ),
          late,
        ]),
      ).toBe('answered');
    },
  );

  it('a fault of ours in the middle of an upload is not taken for a client that is gone', async () => {
    const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'fine' });
    const { content, key } = newContent();
    async function* body(fault: Error): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 500);
      throw fault;
    }
    const put = (fault: Error): Promise<unknown> =>
      new ServedNode(node, workWith(1000), reserveNothing).put({
        key,
        associatedFile: undefined,
        offsetBytes: 0,
        lengthBytes: content.length,
        body: body(fault),
        signal: new AbortController().signal,
      });

    await expect(put(new TypeError('x is not a function'))).rejects.toThrow('x is not a function');
    expect([...node.open]).toEqual([]);
    expect(await put(brokenBody('gone'))).toMatchObject({ isStored: false });
    expect([...node.open]).toEqual([]);
  });

  it('a deposit whose commit fails is given up', async () => {
    const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'broken' });
    const { content, key } = newContent();
    node.before = (now) =>
      now === 'commit' ? Promise.reject(new Error('broken disk')) : undefined;
    await new ServedNode(node, workWith(100), reserveNothing).put({
      key,
      associatedFile: undefined,
      offsetBytes: 0,
      lengthBytes: content.length,
      body: streamOf(content),
      signal: new AbortController().signal,
    });
    expect([...node.open]).toEqual([]);
  });

  it('a cluster that refuses the unwanted says when it is its nodes that are gone', async () => {
    git(repositoryOf(directory, 'gateway'), 'config', 'annex.cluster.cluster.unwanted', 'refuse');
    for (const name of nodeNames)
      renameSync(repositoryOf(directory, name), `${repositoryOf(directory, name)}.away`);
    try {
      const { content, key } = newContent();
      expect(await put(demo, 'cluster', key, content)).not.toBe(507);
    } finally {
      for (const name of nodeNames)
        renameSync(`${repositoryOf(directory, name)}.away`, repositoryOf(directory, name));
      git(
        repositoryOf(directory, 'gateway'),
        'config',
        '--unset',
        'annex.cluster.cluster.unwanted',
      );
    }
  });
});

function workWith(ms: number): NodeWork {
  return new NodeWork({
    clock: machineClock,
    limits: {
      ...defaultLimits,
      nodeAnswerMs: ms,
      nodeCommitMs: ms,
      nodeStallMs: ms,
      sameKeyWaitMs: ms,
    },
    record: () => Promise.resolve(),
    warn: () => undefined,
  });
}
