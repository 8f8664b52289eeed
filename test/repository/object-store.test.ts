import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKey, serializeKey, type Key } from '../../src/key/index.ts';
import {
  ObjectLayout,
  ObjectStore,
  pourBytesMax,
  readBytesMax,
} from '../../src/repository/index.ts';
import { decodeText } from '../../src/units/index.ts';
import { begin, collect, get, keyOf, put, sha256Key } from '../support/objects.ts';
import { machineAt, machineLater } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function makeStore(directory: string = temporaryDirectory()): ObjectStore {
  return new ObjectStore({ gitDirectory: directory, isBare: true, umask: 0o022 });
}

const content = Buffer.from('0123456789');
const key = sha256Key(content);

function replaceFile(path: string): void {
  rmSync(path);
  writeFileSync(path, content);
}

describe('deposit', () => {
  it('goes on where an interrupted upload ended', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    await first.start(0);
    await first.write(content.subarray(0, 6));
    await first.abandon('keep');
    expect(await store.partialSizeBytes(key)).toBe(6);
    expect(await store.has(key)).toBe(false);
    expect(await store.open(key, 0)).toBeUndefined();

    const second = await begin(store, key);
    expect(second.offsetBytes).toBe(6);
    expect((await collect(second.readBack({ fromByte: 0, untilByte: 4 }))).toString()).toBe('0123');
    await second.start(4);
    await second.write(content.subarray(4));
    await second.commit();

    expect(await get(store, key)).toEqual(content);
    expect(await store.partialSizeBytes(key)).toBe(0);
    expect(await store.deposit(key)).toBe('present');
  });

  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is another file', replaceFile],
    ['became shorter', (path: string) => truncateSync(path, 3)],
  ])('does not go on where what was left %s since it was hashed', async (_, change) => {
    const directory = temporaryDirectory();
    const store = makeStore(directory);
    const first = await begin(store, key);
    await first.start(0);
    await first.write(content.subarray(0, 6));
    await first.abandon('keep');
    const second = await begin(store, key);
    await collect(second.readBack({ fromByte: 0, untilByte: 6 }));
    change(join(directory, 'annex/tmp', serializeKey(key)));

    await expect(second.start(6)).rejects.toThrow(/ENOENT|not there any more/);
    await second.abandon('delete');
    expect(await store.has(key)).toBe(false);
    await put(store, key, content);
    expect(await get(store, key)).toEqual(content);
  });

  it('never leaves a shorter partial than before, unless asked to leave none', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    await first.start(0);
    await first.write(content);
    await first.abandon('keep');
    const second = await begin(store, key);
    await second.start(0);
    await second.write(content.subarray(0, 2));
    await second.abandon('keep');

    expect(await store.partialSizeBytes(key)).toBe(10);
    await (await begin(store, key)).abandon('delete');
    expect(await store.partialSizeBytes(key)).toBe(0);
  });

  it('cuts off what stood beyond the bytes written when it commits', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    await first.start(0);
    await first.write(Buffer.from('longer than the content'));
    await first.abandon('keep');

    await put(store, key, content);

    expect(await get(store, key)).toEqual(content);
  });

  it('leaves no file behind when nothing was written', async () => {
    const directory = temporaryDirectory();
    const deposit = await begin(makeStore(directory), key);
    await deposit.start(0);
    await deposit.abandon('keep');

    expect(readdirSync(join(directory, 'annex/tmp'))).toEqual([]);
    expect(readdirSync(join(directory, 'annex/transfer/download/lck'))).toEqual([]);
  });

  it('refuses to start beyond the partial, or to be used after its end', async () => {
    const store = makeStore();
    const deposit = await begin(store, key);

    await expect(deposit.start(1)).rejects.toThrow('beyond');
    await expect(deposit.commit()).rejects.toThrow('not started');
    await deposit.abandon('delete');
    await deposit.abandon('delete');
    await expect(deposit.start(0)).rejects.toThrow('over');
  });

  it('stores an empty content', async () => {
    const store = makeStore();
    const empty = sha256Key(Buffer.alloc(0));
    await put(store, empty, Buffer.alloc(0));

    expect(await get(store, empty)).toEqual(Buffer.alloc(0));
  });

  it('keeps the second writer waiting for the first, who stores: then it is present', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    await first.start(0);
    const second = store.deposit(key);
    const third = store.deposit(key);
    await first.write(content);
    await first.commit();

    expect(await second).toBe('present');
    expect(await third).toBe('present');
  });

  it('lets the second writer take over from the first, who gave up', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    await first.start(0);
    const waiting = store.deposit(key);
    await first.write(content.subarray(0, 3));
    await first.abandon('keep');
    const second = await waiting;

    if (second === 'present') throw new Error('present');
    expect(second.offsetBytes).toBe(3);
    await second.abandon('delete');
  });

  it('waits no longer than told, and stops waiting when aborted', async () => {
    const store = makeStore();
    const first = await begin(store, key);
    const stop = new AbortController();
    const aborted = store.deposit(key, { signal: stop.signal });

    await expect(store.deposit(key, { waitMs: 20 })).rejects.toMatchObject({
      code: 'DEPOSIT_BUSY',
    });
    stop.abort(new Error('client left'));
    await expect(aborted).rejects.toThrow('client left');
    await first.abandon('delete');
    await (await begin(store, key)).abandon('delete');
  });

  it('excludes another store of the same repository, as another process would be', async () => {
    const directory = temporaryDirectory();
    const first = await begin(makeStore(directory), key);
    const waiting = makeStore(directory).deposit(key);

    await expect(makeStore(directory).deposit(key, { waitMs: 20 })).rejects.toThrow(
      serializeKey(key),
    );
    await first.abandon('delete');
    const second = await waiting;
    if (second !== 'present') await second.abandon('delete');
  });

  it('discards its bytes when the content has come in another way', async () => {
    const directory = temporaryDirectory();
    const store = makeStore(directory);
    const deposit = await begin(store, key);
    await deposit.start(0);
    await deposit.write(content);
    const location = new ObjectLayout({ gitDirectory: directory, isBare: true }).newLocation(key);
    mkdirSync(location.directory, { recursive: true });
    writeFileSync(location.content, content);
    const before = statSync(location.content).ino;
    await deposit.commit();

    expect(statSync(location.content).ino).toBe(before);
    expect(await store.partialSizeBytes(key)).toBe(0);
  });

  it('goes on with a partial that a crash in the middle of a commit left write protected', async () => {
    const directory = temporaryDirectory();
    const partial = join(directory, 'annex/tmp', serializeKey(key));
    mkdirSync(join(directory, 'annex/tmp'), { recursive: true });
    writeFileSync(partial, content, { mode: 0o444 });
    const store = makeStore(directory);

    const deposit = await begin(store, key);
    await deposit.start(deposit.offsetBytes);
    await deposit.commit();

    expect(await get(store, key)).toEqual(content);
  });
});

describe('open', () => {
  it('reads from any byte, and gives nothing beyond the end', async () => {
    const store = makeStore();
    await put(store, key, content);

    expect((await get(store, key, 7))?.toString()).toBe('789');
    expect((await get(store, key, 10))?.length).toBe(0);
    expect((await get(store, key, 2 ** 53))?.length).toBe(0);
    const object = await store.open(key, 9);
    expect(object?.sizeBytes).toBe(10);
    await object?.close();
    await object?.close();
  });

  it('gives chunks that stay as they are while more is read, and closes when left early', async () => {
    const store = makeStore();
    const large = Buffer.alloc(3 * readBytesMax + 5);
    for (let i = 0; i < large.length; i += 1) large[i] = (i * 7) % 251;
    await put(store, sha256Key(large), large);

    expect((await get(store, sha256Key(large)))?.equals(large)).toBe(true);
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    for (let round = 0; round < 20; round += 1) {
      const object = await store.open(sha256Key(large), 0);
      for await (const chunk of object?.chunks ?? []) if (chunk.length > 0) break;
    }
    expect(openFiles()).toBeLessThan(before + 10);
  });

  it('pours the same bytes from memory that it uses again, and closes when no more is wanted', async () => {
    const store = makeStore();
    const directory = '/proc/self/fd';
    const openBefore = readdirSync(directory).length;
    const long = Buffer.alloc(4 * pourBytesMax + 7, '0123456789abc');
    const longKey = sha256Key(long);
    await put(store, longKey, long);
    const memories = new Set<ArrayBufferLike>();
    const poured: Buffer[] = [];
    const object = await store.open(longKey, 3);
    await object?.pour(async (piece) => {
      memories.add(piece.buffer);
      await sleep(0); // time for a read that must not reach this piece
      poured.push(Buffer.from(piece));
      return true;
    });
    expect(Buffer.concat(poured).equals(long.subarray(3))).toBe(true);
    expect(memories.size).toBe(2);

    let pieces = 0;
    const left = await store.open(longKey, 0);
    await left?.pour(() => {
      pieces += 1;
      return Promise.resolve(pieces < 2);
    });
    expect(pieces).toBe(2);
    expect(readdirSync(directory)).toHaveLength(openBefore);
  });

  it('fails when the content becomes shorter while it is read', async () => {
    const directory = temporaryDirectory();
    const store = makeStore(directory);
    const large = Buffer.alloc(4 * readBytesMax);
    await put(store, sha256Key(large), large);
    const location = new ObjectLayout({ gitDirectory: directory, isBare: true });
    const object = await store.open(sha256Key(large), 0);
    truncateSync(location.newLocation(sha256Key(large)).content, 10);

    await expect(collect(object?.chunks ?? neverAny())).rejects.toThrow('shorter');
  });
});

async function* neverAny(): AsyncGenerator<Uint8Array> {}

describe('remove and lock', () => {
  it('answers each of many removals at once, of two stores, with removed or absent', async () => {
    const directory = temporaryDirectory();
    const stores = [makeStore(directory), makeStore(directory)];
    for (let round = 0; round < 20; round += 1) {
      await put(makeStore(directory), key, content);
      const outcomes = await Promise.all([0, 1, 0, 1, 1, 0].map((i) => stores[i]?.remove(key)));
      expect(outcomes.filter((outcome) => outcome === 'removed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'absent')).toHaveLength(5);
    }
    expect(readdirSync(join(directory, 'annex/objects'))).toEqual([]);
  });

  it('locks only what is present', async () => {
    const directory = temporaryDirectory();
    const store = makeStore(directory);
    expect(await store.lock(key)).toBeUndefined();
    const partial = await begin(store, key);
    await partial.start(0);
    await partial.write(content);
    expect(await store.lock(key)).toBeUndefined();
    await partial.abandon('keep');
    expect(existsSync(join(directory, 'annex/objects'))).toBe(false);
  });

  it('holds with many locks of two stores until each is released', async () => {
    const directory = temporaryDirectory();
    const [one, two] = [makeStore(directory), makeStore(directory)];
    await put(one, key, content);
    const locks = await Promise.all([one, two, one, two, one].map((store) => store.lock(key)));
    for (const lock of locks) {
      expect(await one.remove(key)).toBe('locked');
      expect(await two.remove(key)).toBe('locked');
      await lock?.release();
      await lock?.release();
    }
    // The store that let go first could not know the other's end; a promise is kept when in doubt.
    const later = new ObjectStore({
      gitDirectory: directory,
      isBare: true,
      system: machineLater(601_000),
    });
    expect(await later.remove(key)).toBe('removed');
  });

  it('keeps an abandoned lock for ten minutes and no longer', async () => {
    let nowMs = 1_800_000_000_123;
    const store = new ObjectStore({
      gitDirectory: temporaryDirectory(),
      isBare: true,
      system: machineAt(() => nowMs),
    });
    await put(store, key, content);
    await (await store.lock(key))?.leave();
    nowMs += 599_000;
    expect(await store.remove(key)).toBe('locked');
    nowMs += 2_000;
    expect(await store.remove(key)).toBe('removed');
  });

  it('never removes a content between a lock and its release', async () => {
    const directory = temporaryDirectory();
    const [one, two] = [makeStore(directory), makeStore(directory)];
    for (let round = 0; round < 30; round += 1) {
      await put(one, key, content);
      const removal = two.remove(key);
      if (round % 2 === 0) await sleep(1);
      const lock = await one.lock(key);
      expect(await removal).toBe(lock === undefined ? 'removed' : 'locked');
      expect(await get(one, key)).toEqual(lock === undefined ? undefined : content);
      await lock?.release();
      await two.remove(key);
    }
  });
});

describe('keys that a peer makes up', () => {
  const hostile: readonly [string, Key | undefined][] = [
    ['a NUL byte', parseKey('FOO--a\0b')],
    ['4 kB', parseKey(`FOO--${'a'.repeat(4096)}`)],
    ['256 bytes', parseKey(`FOO--${'a'.repeat(251)}`)],
    ['252 bytes, too long for a lock file', parseKey(`FOO--${'a'.repeat(247)}`)],
    ['many escapes', parseKey(`FOO--${'%'.repeat(130)}`)],
  ];

  it.for(hostile)('cannot store %s, and answers everything else', async ([, key]) => {
    const store = makeStore();
    if (key === undefined) throw new Error('not a key');

    expect(await store.has(key)).toBe(false);
    expect(await store.open(key, 0)).toBeUndefined();
    expect(await store.partialSizeBytes(key)).toBe(0);
    expect(await store.remove(key)).toBe('absent');
    expect(await store.lock(key)).toBeUndefined();
    await expect(store.deposit(key)).rejects.toMatchObject({ code: 'KEY_NOT_STORABLE' });
  });

  const strange: readonly string[] = [
    'FOO--../../../../etc/passwd',
    'FOO--/etc/passwd',
    '.--.',
    '..--..',
    'FOO--a\nb\tc',
    'FOO--$(reboot);`reboot`',
    decodeText(Buffer.from([0x46, 0x2d, 0x2d, 0xff, 0xfe, 0x80, 0x2f, 0xc3])),
    decodeText(Buffer.from([0xff, 0x2d, 0x2d])),
    `FOO--${'ü'.repeat(123)}`,
    'FOO-s18446744073709551616000--x'.replace('-s18446744073709551616000', ''),
  ];

  it.for(strange)('stays inside the object directory with %j', async (text) => {
    const directory = temporaryDirectory();
    const store = makeStore(directory);
    const key = keyOf(text);
    await put(store, key, content);
    const lock = await store.lock(key);

    expect(await get(store, key)).toEqual(content);
    expect(readdirSync(directory)).toEqual(['annex']);
    expect(readdirSync(join(directory, 'annex')).toSorted()).toEqual([
      'objects',
      'othertmp',
      'othertmp.lck',
      'tmp',
      'transfer',
    ]);
    await lock?.release();
    expect(await store.remove(key)).toBe('removed');
    expect(readdirSync(join(directory, 'annex/objects'))).toEqual([]);
  });

  it('refuses a size that no disk has', async () => {
    const failure = makeStore().deposit(keyOf('FOO-s18446744073709551616--x'));
    await expect(failure).rejects.toMatchObject({ code: 'NOT_ENOUGH_SPACE' });
  });
});

const isRoot = process.getuid?.() === 0;
const diskDirectory = temporaryDirectory();
const mountTmpfs = ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', diskDirectory];
const hasSmallDisk = isRoot && spawnSync('mount', mountTmpfs).status === 0;
if (!hasSmallDisk) console.warn('no root: the tests of a full disk are skipped');

describe.skipIf(!hasSmallDisk)('a full disk', () => {
  let store: ObjectStore;
  const key = keyOf('FOO--size-unknown');

  beforeAll(() => {
    store = new ObjectStore({ gitDirectory: diskDirectory, isBare: true, diskReserveBytes: 0 });
  });

  afterAll(() => {
    execFileSync('umount', ['-l', diskDirectory]);
  });

  it('is an error that names key and path, and the partial survives', async () => {
    const deposit = await begin(store, key);
    await deposit.start(0);
    const writeAll = async (): Promise<void> => {
      for (let i = 0; i < 100; i += 1) await deposit.write(Buffer.alloc(65_536, i));
    };

    const failure = writeAll();
    await expect(failure).rejects.toMatchObject({ code: 'ENOSPC', name: 'ObjectStoreError' });
    await expect(failure).rejects.toThrow(/FOO--size-unknown at .*annex\/tmp/);
    await deposit.abandon('keep');

    const resumed = await begin(store, key);
    expect(resumed.offsetBytes).toBeGreaterThan(1_000_000);
    await resumed.start(1_000_000);
    await resumed.commit();
    expect((await get(store, key))?.length).toBe(1_000_000);
    expect(await store.remove(key)).toBe('removed');
  });

  it('is foreseen when the size is known, counting what other uploads still need', async () => {
    await expect(store.deposit(keyOf('FOO-s4000000--x'))).rejects.toMatchObject({
      code: 'NOT_ENOUGH_SPACE',
    });
    const first = await begin(store, keyOf('FOO-s1200000--one'));
    await expect(store.deposit(keyOf('FOO-s1200000--two'))).rejects.toMatchObject({
      code: 'NOT_ENOUGH_SPACE',
    });
    await first.abandon('delete');
    await (await begin(store, keyOf('FOO-s1200000--two'))).abandon('delete');
    const careful = new ObjectStore({ gitDirectory: diskDirectory, isBare: true });
    await expect(careful.deposit(keyOf('FOO-s1--x'))).rejects.toThrow('annex.diskreserve');
  });
});
