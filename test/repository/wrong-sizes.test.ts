import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFile, serializeKey, type Key } from '../../src/key/index.ts';
import {
  ObjectLayout,
  ObjectStore,
  ownDisk,
  type ObjectStoreOptions,
  thisMachine,
} from '../../src/repository/index.ts';
import { get, keyOf, put, sha256Key } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);

interface Place {
  readonly store: ObjectStore;
  readonly directory: string;
  /** How many wrong files are known, each time that this changes. */
  readonly told: number[];
  readonly path: (of: Key) => string;
  /** What is set aside, by name. */
  readonly aside: () => Record<string, string>;
}

function makePlace(options: Partial<ObjectStoreOptions> = {}): Place {
  const gitDirectory = temporaryDirectory();
  const told: number[] = [];
  const all: ObjectStoreOptions = {
    gitDirectory,
    isBare: true,
    umask: 0o022,
    onWrongSizes: ({ count }) => told.push(count),
    ...options,
  };
  const bad = join(gitDirectory, 'annex/bad');
  const namesAside = (): string[] => (existsSync(bad) ? readdirSync(bad) : []);
  return {
    store: new ObjectStore(all),
    directory: gitDirectory,
    told,
    path: (of) => new ObjectLayout(all).newLocation(of).content.toString(),
    aside: () =>
      Object.fromEntries(
        namesAside().map((name) => [name, readFileSync(join(bad, name)).toString()]),
      ),
  };
}

/** Gives an object other bytes, as a repair of its disk may. */
function become(path: string, bytes: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  chmodSync(path, 0o444);
}

describe.for(['', '01234', '0123456789+'])('an object that has become %j', (wrong) => {
  it('is absent for every question, and is told', async () => {
    const { store, path, told } = makePlace();
    await put(store, key, content);
    become(path(key), wrong);

    expect(await store.has(key)).toBe(false);
    expect(await store.open(key, 0)).toBeUndefined();
    expect(await store.lock(key)).toBeUndefined();
    expect(told).toEqual([1]);
    become(path(key), content.toString());
    expect(await store.has(key)).toBe(true);
    expect(told).toEqual([1, 0]);
  });

  it('gives its place to an upload, and is kept elsewhere', async () => {
    const { store, path, told, aside } = makePlace();
    await put(store, key, content);
    become(path(key), wrong);
    await put(store, key, content);

    expect(await get(store, key)).toEqual(content);
    expect(aside()).toEqual({ [keyFile(key)]: wrong });
    expect(told.at(-1)).toBe(0);
  });

  it('is no content that a removal could take away, and is kept elsewhere', async () => {
    const { store, path, aside, directory } = makePlace();
    await put(store, key, content);
    become(path(key), wrong);

    expect(await store.remove(key)).toBe('absent');

    expect(aside()).toEqual({ [keyFile(key)]: wrong });
    expect(readdirSync(join(directory, 'annex/objects'))).toEqual([]);
    expect(await store.remove(key)).toBe('absent');
  });
});

describe('a file in the place of a content', () => {
  it('is kept beside others of the key, up to a number, and then stays', async () => {
    const { store, path, aside } = makePlace();
    for (let number = 0; number < 10; number += 1) {
      await put(store, key, content);
      become(path(key), `wrong ${number}`);
      expect(await store.remove(key)).toBe('absent');
    }
    expect(Object.values(aside()).sort()[9]).toBe('wrong 9');

    await put(store, key, content);
    become(path(key), 'wrong 10');
    await expect(store.remove(key)).rejects.toThrow('annex/bad holds 10 files');
    expect(readFileSync(path(key)).toString()).toBe('wrong 10');
  });

  it('is the content when the key names no size, or that of a whole of which it is a chunk', async () => {
    const { store, path, told } = makePlace();
    for (const text of ['URL--http&c%%example.com%f', 'WORM-s10-m1-S4-C1--f']) {
      await put(store, keyOf(text), content);
      become(path(keyOf(text)), 'else');
      expect(await store.has(keyOf(text))).toBe(true);
      expect(await store.remove(keyOf(text))).toBe('removed');
    }
    expect(told).toEqual([]);
  });

  it('is compared by its size also when the key has no hash', async () => {
    const { store, path } = makePlace();
    const worm = keyOf('WORM-s10-m1--f');
    await put(store, worm, content);
    become(path(worm), 'else');
    expect(await store.has(worm)).toBe(false);
  });

  it('that somebody edited as theirs is absent and not told, and loses nothing', async () => {
    const { store, path, told, aside } = makePlace({
      editSettings: () => ({ isThin: true, isCrippled: false }),
    });
    await put(store, key, content);
    const unlocked = join(temporaryDirectory(), 'unlocked');
    linkSync(path(key), unlocked);
    become(path(key), 'edited');

    expect(await store.has(key)).toBe(false);
    await put(store, key, content);

    expect(await store.has(key)).toBe(true);
    expect(readFileSync(unlocked).toString()).toBe('edited');
    expect([told, aside()]).toEqual([[], {}]);
    expect(lstatSync(path(key)).ino).not.toBe(lstatSync(unlocked).ino);
  });

  it('is kept by the lock that the wrong one before it was kept by', async () => {
    const { store, path } = makePlace({ lockStyle: () => 'object' });
    await put(store, key, content);
    const lock = await store.lock(key);
    become(path(key), 'short');
    await put(store, key, content);

    const removal = thisMachine.locks.lock(path(key), 'exclusive', { timeoutMs: 0, disk: ownDisk });
    await expect(removal).rejects.toThrow('stayed locked');
    await lock?.release();
    expect(await store.remove(key)).toBe('removed');
    expect(existsSync(dirname(path(key)))).toBe(false);
  });

  it('takes the place of what an upload left that is longer than the content', async () => {
    const { store, directory } = makePlace();
    mkdirSync(join(directory, 'annex/tmp'), { recursive: true });
    writeFileSync(join(directory, 'annex/tmp', keyFile(key)), 'longer than that');

    expect(await store.partialSizeBytes(key)).toBe(0);
    await put(store, key, content);
    expect(await get(store, key)).toEqual(content);
  });

  it('is named to whoever is told of it', async () => {
    const named: string[] = [];
    const { store, path } = makePlace({
      onWrongSizes: ({ keys }) => named.push(keys.map(serializeKey).join(' ')),
    });
    await put(store, key, content);
    become(path(key), '');
    await store.has(key);
    expect(named).toEqual([serializeKey(key)]);
  });
});
