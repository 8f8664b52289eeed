import { chownSync, chmodSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { ObjectLayout, ObjectStore } from '../../src/repository/index.ts';
import { get, put, sha256Key } from '../support/objects.ts';
import { storeWorker, storeWorkerAs, type Talker } from '../support/process.ts';
import { machineAt, machineLater } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isLong } from '../support/long.ts';

const content = Buffer.alloc(300_000, 'x');
const key = sha256Key(content);
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('not root: nothing runs as another, ordinary user');

function nobodysDirectory(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  chownSync(directory, nobody, nobody);
  return directory;
}

/** Lets the worker go on for a moment, kills it, and gives the last thing it said. */
async function lastWordBeforeKill(worker: Talker, afterMs: number): Promise<string | undefined> {
  let last = await worker.line();
  await sleep(afterMs);
  await worker.kill();
  for (let next = await worker.line(); next !== undefined; next = await worker.line()) last = next;
  return last;
}

/** What must hold whenever a process was killed in the middle of anything. */
async function expectWholeOrAbsent(store: ObjectStore, key: Key): Promise<void> {
  const found = await get(store, key);
  expect(found === undefined || found.equals(content)).toBe(true);
  expect(await store.partialSizeBytes(key)).toBeLessThanOrEqual(content.length);
}

/** A store whose clock is past every retention. */
function laterStore(directory: string): ObjectStore {
  const system = machineLater(700_000);
  return new ObjectStore({ gitDirectory: directory, isBare: true, system });
}

const users = [
  { user: 'the user of the tests', directory: temporaryDirectory, start: storeWorker },
  ...(isRoot
    ? [
        {
          user: 'an ordinary user',
          directory: nobodysDirectory,
          start: (...words: string[]) => storeWorkerAs(nobody, ...words),
        },
      ]
    : []),
];

describe.for(users)('as $user', ({ directory: makeDirectory, start }) => {
  it('stores, locks and removes', async () => {
    const worker = start(makeDirectory(), 'bare', 'everything', serializeKey(key));
    const said: (string | undefined)[] = [];
    for (let i = 0; i < 4; i += 1) said.push(await worker.line());
    await worker.end();

    expect(said).toEqual(['locked', 'removed', 'absent', 'true']);
  });

  it('loses nothing it called stored, and mends everything, when killed at any moment', async () => {
    const directory = makeDirectory();
    for (let round = 0; round < (isLong ? 8 : 4); round += 1) {
      const word = round % 3 === 0 ? 'lock' : '';
      const worker = start(directory, 'bare', 'churn', serializeKey(key), word);
      const last = await lastWordBeforeKill(worker, (round * 7) % 23);

      const store = laterStore(directory);
      await expectWholeOrAbsent(store, key);
      expect(last).toMatch(/^(stored|removing|removed)$/);
      expect(last !== 'stored' || (await store.has(key))).toBe(true);
      if (round % 2 === 1) continue;
      expect(await store.remove(key)).toMatch(/^(removed|absent)$/);
      expect(await store.has(key)).toBe(false);
    }
    const store = laterStore(directory);
    await store.remove(key);
    await put(store, key, content);
    await expectWholeOrAbsent(store, key);
  });
});

it('lets two processes deposit one key: one stores, and both find it', async () => {
  const directory = temporaryDirectory();
  for (let round = 0; round < 3; round += 1) {
    const workers = [0, 1, 2].map(() =>
      storeWorker(directory, 'bare', 'depositOnce', serializeKey(key)),
    );
    const said = await Promise.all(workers.map((worker) => worker.line()));
    await Promise.all(workers.map((worker) => worker.end()));

    expect(said.filter((word) => word === 'stored')).toHaveLength(1);
    expect(said.filter((word) => word === 'present')).toHaveLength(2);
    const store = laterStore(directory);
    expect((await get(store, key))?.equals(content)).toBe(true);
    expect(await store.remove(key)).toBe('removed');
  }
});

it('takes over the partial of a process that was killed while uploading', async () => {
  const directory = temporaryDirectory();
  const worker = storeWorker(directory, 'bare', 'holdDeposit', serializeKey(key), 'xxxxx');
  expect(await worker.line()).toBe('writing');
  const store = laterStore(directory);
  const waiting = store.deposit(key);
  await worker.kill();
  const deposit = await waiting;

  if (deposit === 'present') throw new Error('present after five bytes');
  expect(deposit.offsetBytes).toBe(5);
  await deposit.start(5);
  await deposit.write(content.subarray(5));
  await deposit.commit();
  expect((await get(store, key))?.equals(content)).toBe(true);
});

it('keeps a content for ten minutes when its locker was killed, however long it held the lock', async () => {
  const directory = temporaryDirectory();
  await put(new ObjectStore({ gitDirectory: directory, isBare: true }), key, content);
  const worker = storeWorker(directory, 'bare', 'holdLock', serializeKey(key), '20');
  expect(await worker.line()).toBe('locked');
  const first = retentionSeconds(directory);

  // Three more seconds stand for the ten minutes after which the first promise would be void.
  while (retentionSeconds(directory) < first + 3) await sleep(20);
  await worker.kill();

  const after = (ms: number): ObjectStore => {
    const system = machineAt(() => first * 1000 + ms);
    return new ObjectStore({ gitDirectory: directory, isBare: true, system });
  };
  expect(await after(2000).remove(key)).toBe('locked');
  expect(await after(60_000).remove(key)).toBe('removed');
});

/** Until when the retention file of the content holds, seconds since 1970. */
function retentionSeconds(directory: string): number {
  const layout = new ObjectLayout({ gitDirectory: directory, isBare: true });
  return Number.parseFloat(readFileSync(layout.newLocation(key).retention, 'latin1'));
}
