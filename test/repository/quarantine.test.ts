import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFile, serializeKey, type Key } from '../../src/key/index.ts';
import { ObjectStore } from '../../src/repository/index.ts';
import { get, put, sha256Key, temporaryDirectory } from '../support/objects.ts';

const content = Buffer.from('what it is');

interface Stored {
  readonly store: ObjectStore;
  readonly gitDirectory: string;
  readonly key: Key;
  readonly path: string;
}

async function stored(): Promise<Stored> {
  const gitDirectory = temporaryDirectory();
  const store = new ObjectStore({ gitDirectory, isBare: true });
  const key = sha256Key(content);
  await put(store, key, content);
  return { store, gitDirectory, key, path: await pathOf(store, key) };
}

async function pathOf(store: ObjectStore, key: Key): Promise<string> {
  for await (const listed of store.keys()) {
    if (serializeKey(listed.key) === serializeKey(key)) {
      return join(store.directory.toString(), listed.place, keyFile(key));
    }
  }
  throw new Error('it is not there');
}

function rot(path: string, bytes: Buffer): void {
  chmodSync(dirname(path), 0o755);
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o555);
}

async function stateOf({ store, key }: Stored): Promise<string | undefined> {
  const object = await store.open(key, 0);
  await object?.close();
  return object?.state;
}

describe('the quarantine of an object', () => {
  it('moves the file that was judged to annex/bad, as it is, and clears what was around it', async () => {
    const place = await stored();
    const rotten = Buffer.from('what it Is');
    rot(place.path, rotten);

    const outcome = await place.store.quarantine(place.key, await stateOf(place));

    const bad = join(place.gitDirectory, 'annex/bad', keyFile(place.key));
    expect(outcome).toBe('moved');
    expect(readFileSync(bad)).toEqual(rotten);
    expect(statSync(bad).mode & 0o777).toBe(0o444);
    expect(await place.store.has(place.key)).toBe(false);
    expect(readdirSync(place.store.directory)).toEqual([]);
  });

  it('moves a file of another size, which could not be opened', async () => {
    const place = await stored();
    rot(place.path, Buffer.alloc(0));

    expect(await stateOf(place)).toBe(undefined);
    expect(await place.store.quarantine(place.key, undefined)).toBe('moved');
    expect(existsSync(place.path)).toBe(false);
  });

  it('leaves a content that has taken the place of what was judged', async () => {
    const place = await stored();
    rot(place.path, Buffer.from('what it Is'));
    const state = await stateOf(place);
    await place.store.quarantine(place.key, state);
    await put(place.store, place.key, content);

    expect(await place.store.quarantine(place.key, state)).toBe('other');
    expect(await get(place.store, place.key)).toEqual(content);
  });

  it('leaves what somebody was promised', async () => {
    const place = await stored();
    rot(place.path, Buffer.from('what it Is'));
    const state = await stateOf(place);
    const lock = await place.store.lock(place.key);

    expect(await place.store.quarantine(place.key, state)).toBe('locked');
    await lock?.release();
    expect(await place.store.quarantine(place.key, state)).toBe('moved');
  });

  it('leaves what another process was promised', async () => {
    const place = await stored();
    rot(place.path, Buffer.from('what it Is'));
    const state = await stateOf(place);
    const other = new ObjectStore({ gitDirectory: place.gitDirectory, isBare: true });
    const lock = await other.lock(place.key);

    expect(await place.store.quarantine(place.key, state)).toBe('locked');
    await lock?.release();
  });

  it('finds nothing of a key that is not there', async () => {
    const { store } = await stored();

    expect(await store.quarantine(sha256Key(Buffer.from('another')), undefined)).toBe('absent');
  });
});

describe('the list of keys on a disk', () => {
  it('has each once, in an order that goes on behind any place', async () => {
    const store = new ObjectStore({ gitDirectory: temporaryDirectory(), isBare: false });
    const keys = Array.from({ length: 20 }, (_, at) => Buffer.from(`content ${at}`));
    for (const each of keys) await put(store, sha256Key(each), each);

    const all: string[] = [];
    for await (const { place } of store.keys()) all.push(place);
    expect(new Set(all).size).toBe(20);
    expect(all).toEqual([...all].sort());
    for (const [at, place] of all.entries()) {
      const rest: string[] = [];
      for await (const next of store.keys(place)) rest.push(next.place);
      expect(rest).toEqual(all.slice(at + 1));
    }
  });

  it('is empty where there are no objects', async () => {
    const store = new ObjectStore({ gitDirectory: temporaryDirectory(), isBare: true });
    expect((await store.keys().next()).done).toBe(true);
  });
});
