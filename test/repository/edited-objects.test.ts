import {
  chmodSync,
  closeSync,
  linkSync,
  openSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { ObjectLayout, ObjectStore, readBytesMax } from '../../src/repository/index.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { collect, get, keyOf, put, sha256Key } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const content = Buffer.from('0123456789');
const edited = Buffer.from('012345678X');
const key = sha256Key(content);

interface Place {
  readonly store: ObjectStore;
  /** The object of a key. */
  readonly path: (of: Key) => string;
}

function makePlace(settings: { isThin?: boolean; isCrippled?: boolean } = {}): Place {
  const gitDirectory = temporaryDirectory();
  const store = new ObjectStore({
    gitDirectory,
    isBare: true,
    umask: 0o022,
    editSettings: () => ({ isThin: false, isCrippled: false, ...settings }),
  });
  const layout = new ObjectLayout({ gitDirectory, isBare: true });
  return { store, path: (of) => layout.newLocation(of).content.toString() };
}

/** What an editor does with a file that is linked to the object. */
function edit(path: string, bytes: Uint8Array): void {
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

describe('an object that somebody may edit', () => {
  it('is absent for every question as soon as it was edited', async () => {
    const { store, path } = makePlace();
    await put(store, key, content);
    edit(path(key), edited);

    expect(await store.has(key)).toBe(false);
    expect(await store.lock(key)).toBeUndefined();
    expect(await store.open(key, 0)).toBeUndefined();
    expect(statSync(path(key)).size).toBe(edited.length);
  });

  it('is replaced by an upload of the content once it was edited', async () => {
    const { store, path } = makePlace();
    await put(store, key, content);
    edit(path(key), edited);
    await put(store, key, content);

    expect(await get(store, key)).toEqual(content);
    expect(await store.deposit(key)).toBe('present');
  });

  it('is present as long as its content is right', async () => {
    const { store, path } = makePlace({ isThin: true });
    await put(store, key, content);
    chmodSync(path(key), 0o644);
    linkSync(path(key), join(temporaryDirectory(), 'unlocked'));

    expect(await store.has(key)).toBe(true);
    expect(await get(store, key)).toEqual(content);
    const lock = await store.lock(key);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('is judged anew when it changes, also when it was found right long after its last change', async () => {
    const { store, path } = makePlace();
    await put(store, key, content);
    chmodSync(path(key), 0o644);
    utimesSync(path(key), 1_000_000, 1_000_000);
    expect(await store.has(key)).toBe(true);
    expect(await store.has(key)).toBe(true);
    edit(path(key), edited);
    expect(await store.has(key)).toBe(false);
    edit(path(key), content);
    expect(await store.has(key)).toBe(true);
  });

  it('is absent with annex.thin when its key has no hash to verify it by', async () => {
    const url = keyOf('URL-s10--http&c%%example.com%file');
    const thin = makePlace({ isThin: true });
    await put(thin.store, url, content);
    expect(await thin.store.has(url)).toBe(true);
    chmodSync(thin.path(url), 0o644);
    expect(await thin.store.has(url)).toBe(false);

    const thick = makePlace();
    await put(thick.store, url, content);
    chmodSync(thick.path(url), 0o644);
    expect(await thick.store.has(url)).toBe(true);
  });

  it('is believed where the file system has no modes', async () => {
    const { store, path } = makePlace({ isCrippled: true });
    await put(store, key, content);
    edit(path(key), edited);
    expect(await store.has(key)).toBe(true);
  });
});

describe('an object that is edited while it is read', () => {
  it('is not read to its end, although its size stays', async () => {
    const { store, path } = makePlace();
    const large = Buffer.alloc(4 * readBytesMax, 'x');
    const largeKey = sha256Key(large);
    await put(store, largeKey, large);
    const object = await store.open(largeKey, 0);
    if (object === undefined) throw new Error('absent');
    const chunks = object.chunks[Symbol.asyncIterator]();
    await chunks.next();
    chmodSync(path(largeKey), 0o644);
    const file = openSync(path(largeKey), 'r+');
    writeSync(file, 'X', large.length - 1);
    closeSync(file);
    const rest = async (): Promise<void> => {
      while ((await chunks.next()).done !== true);
    };
    await expect(rest()).rejects.toThrow('changed while it was read');
  });

  it('gives not one byte when it was edited between opening and reading', async () => {
    const { store, path } = makePlace();
    await put(store, key, content);
    const object = await store.open(key, 0);
    edit(path(key), edited);
    const read: Uint8Array[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of object?.chunks ?? []) read.push(chunk);
    };
    await expect(reading()).rejects.toThrow('changed while it was read');
    expect(read).toEqual([]);
  });

  it('is read to its end when it is merely removed', async () => {
    const { store } = makePlace();
    await put(store, key, content);
    const object = await store.open(key, 0);
    expect(await store.remove(key)).toBe('removed');
    expect(await collect(object?.chunks ?? none())).toEqual(content);
  });
});

async function* none(): AsyncGenerator<Uint8Array> {}

describe.runIf(hasGitAnnex)('a file that git-annex unlocked with annex.thin', () => {
  it('is the content until it is edited, and then is not', async () => {
    const directory = temporaryDirectory();
    git(directory, 'init', '-q');
    git(directory, 'annex', 'init', 'test');
    git(directory, 'config', 'annex.thin', 'true');
    const file = join(directory, 'file');
    writeFileSync(file, content);
    git(directory, 'annex', 'add', '-q', '--backend=SHA256', 'file');
    git(directory, 'annex', 'unlock', '-q', 'file');
    const store = new ObjectStore({ gitDirectory: join(directory, '.git'), isBare: false });
    expect(git(directory, 'annex', 'lookupkey', 'file').trim()).toBe(serializeKey(key));
    expect(statSync(file).nlink).toBe(2);
    expect(await store.has(key)).toBe(true);

    writeFileSync(file, edited);
    expect(await store.has(key)).toBe(false);
    expect(await store.lock(key)).toBeUndefined();
  });
});
