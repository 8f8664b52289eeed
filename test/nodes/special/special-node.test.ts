import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hashDirectoryMixed, keyFile, type Key } from '../../../src/key/index.ts';
import { NodeUnavailableError } from '../../../src/nodes/index.ts';
import type { SpecialNode } from '../../../src/nodes/special/index.ts';
import { collect, keyOf, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import {
  begin,
  directoryStore,
  hasGpg,
  placeIn,
  read,
  sharedCipher,
  specialNode,
  store,
} from './special-nodes.ts';

const never = new AbortController().signal;
const content = Buffer.from('0123456789');
const key = sha256Key(content);

let directory: string;

beforeEach(() => {
  directory = temporaryDirectory();
});

describe('a special remote in a directory', () => {
  it('has a content where git-annex looks for it, write protected', async () => {
    await store(plain(), key, content);
    const path = placeIn(directory, key);
    expect(readFileSync(path)).toEqual(content);
    expect(modeOf(path)).toBe(0o444);
    expect(modeOf(dirname(path))).toBe(0o555);
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
  });

  it('reads and removes what is in a directory of old times', async () => {
    const path = join(directory, hashDirectoryMixed(key), keyFile(key), keyFile(key));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    const node = plain();
    expect(await node.has(key)).toBe(true);
    expect(await read(node, key)).toEqual(content);
    expect(await node.remove(key, { signal: never })).toBe('removed');
    expect(await node.has(key)).toBe(false);
    expect(readdirSync(directory)).toEqual(
      ['tmp'].filter((name) => existsSync(join(directory, name))),
    );
  });

  it('removes a content with the directories that are empty then', async () => {
    const node = plain();
    await store(node, key, content);
    await node.remove(key, { signal: never });
    expect(readdirSync(directory)).toEqual(['tmp']);
  });

  it('is not available, and not empty, when its directory is gone', async () => {
    const node = plain();
    await store(node, key, content);
    await rename(directory, `${directory}-away`);
    try {
      for (const act of [
        () => node.has(key),
        () => node.get(key, 0),
        () => node.put(key, { sizeBytes: 10, waitMs: 100, signal: never }),
        () => node.remove(key, { signal: never }),
        () => node.probe('question'),
        () => node.probe('change'),
      ]) {
        await expect(act()).rejects.toThrow(NodeUnavailableError);
      }
    } finally {
      await rename(`${directory}-away`, directory);
    }
    expect(await node.has(key)).toBe(true);
  });

  it('that is there to be read answers no upload, and keeps what it has', async () => {
    await store(plain(), key, content);
    const node = specialNode({ store: directoryStore(directory), readOnly: 'is for readers' });
    const put = node.put(key, { sizeBytes: 10, waitMs: 100, signal: never });
    await expect(put).rejects.toThrow('as it is for readers');
    await expect(node.remove(key, { signal: never })).rejects.toThrow('as it is for readers');
    expect(await read(node, key)).toEqual(content);
    const other = keyOf('X-s10--other');
    expect(await node.remove(other, { signal: never })).toBe('absent');
  });

  it('takes a content of a wrong size for none, tells it, and mends it with the next upload', async () => {
    const told: string[] = [];
    const path = placeIn(directory, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'short');
    const node = specialNode({ store: directoryStore(directory), told: (what) => told.push(what) });
    expect(await node.has(key)).toBe(false);
    expect(await node.get(key, 0)).toBeUndefined();
    expect(told[0]).toContain('has another size');
    await store(node, key, content);
    expect(await read(node, key)).toEqual(content);
    expect(told.at(-1)).toContain('is settled');
  });

  it('gives of a url that may change what one of its equivalent keys says, and anything where there is none', async () => {
    const vurl = keyOf(`VURL-s${content.length}--http://example.org/`);
    const stored = directoryStore(temporaryDirectory());
    await store(specialNode({ store: stored }), vurl, content);
    const reading = (...equivalents: readonly Key[]): Promise<Buffer> =>
      read(specialNode({ store: stored, equivalents }), vurl);
    const others = sha256Key(Buffer.from('what was there before'));
    const own = sha256Key(content);

    expect(await reading()).toEqual(content);
    expect(await reading(others, own)).toEqual(content);
    await expect(reading(others)).rejects.toThrow('has another hash');
    // One that names no content says nothing: the client judges.
    expect(await reading(keyOf('WORM-s10--ab'))).toEqual(content);
  });

  it('gives nobody all of a content that is not what its key says', async () => {
    const told: string[] = [];
    const path = placeIn(directory, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '9876543210');
    const node = specialNode({ store: directoryStore(directory), told: (what) => told.push(what) });
    await expect(read(node, key)).rejects.toThrow('has another hash');
    expect(told).toEqual([expect.stringContaining('has another hash')]);
  });

  it('has what is wrong kept elsewhere, and then removed', async () => {
    const path = placeIn(directory, key);
    const node = plain();
    for (const wrong of ['9876543210', 'short', '', 'longer than it should be']) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, wrong);
      const kept: string[] = [];
      expect(await node.quarantine(key, { state: undefined, keep: keeping(kept) })).toEqual({
        outcome: 'moved',
        where: 'kept',
      });
      expect(kept).toEqual([wrong]);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('keeps what is right, what is not there, and what could not be kept elsewhere', async () => {
    const kept: string[] = [];
    const wrong = { state: undefined, keep: keeping(kept) };
    expect(await plain().quarantine(key, wrong)).toEqual({ outcome: 'absent' });
    await store(plain(), key, content);
    expect(await plain().quarantine(key, wrong)).toEqual({ outcome: 'other' });
    const path = placeIn(directory, key);
    chmodSync(path, 0o644);
    writeFileSync(path, '9876543210');
    const keep = (): Promise<string> => Promise.reject(new Error('the disk is full'));
    await expect(plain().quarantine(key, { state: undefined, keep })).rejects.toThrow(
      'the disk is full',
    );
    expect(existsSync(path)).toBe(true);
    expect(kept).toEqual([]);
  });

  it('has a content kept of which one chunk is too short', async () => {
    const chunked = specialNode({ store: directoryStore(directory), chunkBytes: 4n });
    await store(chunked, key, content);
    const second = placeIn(directory, { ...key, chunkSizeBytes: 4n, chunkNumber: 2n });
    chmodSync(second, 0o644);
    writeFileSync(second, '4');
    const kept: string[] = [];
    const wrong = { state: undefined, keep: keeping(kept) };
    expect((await chunked.quarantine(key, wrong)).outcome).toBe('moved');
    expect(kept).toEqual(['01234']);
    await store(chunked, key, content);
    chmodSync(dirname(second), 0o755);
    rmSync(second);
    expect(await chunked.quarantine(key, wrong)).toEqual({ outcome: 'absent' });
    expect(kept).toEqual(['01234']);
  });

  it('is left without what an upload was killed in, and not without what one is at', async () => {
    const dead = join(directory, 'tmp', 'ballast-dead');
    mkdirSync(dead, { recursive: true });
    writeFileSync(`${dead}.lck`, '');
    writeFileSync(join(dead, 'X'), 'partial');
    const mine = join(directory, 'tmp', 'SHA256E-somebody-elses');
    mkdirSync(mine);
    const node = plain();
    const deposit = await begin(node, key);
    await deposit.start(0);
    await deposit.write(content);

    await specialNode({ store: directoryStore(directory) }).clear();

    expect(existsSync(dead)).toBe(false);
    expect(existsSync(`${dead}.lck`)).toBe(false);
    expect(existsSync(mine)).toBe(true);
    await deposit.commit();
    expect(await read(node, key)).toEqual(content);
  });

  it('takes no content that would fill its disk', async () => {
    const store = directoryStore(directory, Number.MAX_SAFE_INTEGER);
    const node = specialNode({ store });
    const deposit = await begin(node, key);
    await expect(deposit.start(0)).rejects.toThrow('space');
    await deposit.abandon('delete');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe.skipIf(!hasGpg)('an encrypted special remote', () => {
  it('reads whatever part of a content of a size that nobody tells', async () => {
    const url = keyOf('URL--http://x/y');
    const node = specialNode({ store: directoryStore(directory), cipher: sharedCipher() });
    await store(node, url, content);
    expect((await node.get(url, 4))?.sizeBytes).toBe(10);
    expect(await read(node, url, 4)).toEqual(content.subarray(4));
  });

  it('gives an error for what cannot be decrypted', async () => {
    await store(
      specialNode({ store: directoryStore(directory), cipher: sharedCipher() }),
      key,
      content,
    );
    const cipher = sharedCipher();
    const path = placeIn(directory, cipher.nameOf(key));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'no message');
    const node = specialNode({ store: directoryStore(directory), cipher });
    expect(await node.has(key)).toBe(true);
    await expect(read(node, key)).rejects.toThrow(
      /gpg ended with status 2: .*no valid OpenPGP data/,
    );
  });

  it('stores nothing where gpg cannot', async () => {
    const { Cipher } = await import('../../../src/nodes/special/cipher/cipher.ts');
    const { Gpg } = await import('../../../src/nodes/special/cipher/gpg.ts');
    const mac = { name: 'HMACSHA1', digest: 'sha1' };
    const parts = { secret: 'x\n', mac, options: [], decryptOptions: [] };
    for (const [gpg, why] of [
      [new Gpg('/nowhere/gpg'), 'cannot be run'],
      [new Gpg(), 'DEADBEEFDEADBEEF'],
    ] as const) {
      const cipher = new Cipher({ ...parts, recipients: ['DEADBEEFDEADBEEF'] }, gpg);
      const node = specialNode({ store: directoryStore(directory), cipher });
      const deposit = await begin(node, key);
      const all = async (): Promise<void> => {
        await deposit.start(0);
        await deposit.write(content);
        await deposit.commit();
      };
      await expect(all()).rejects.toThrow(why);
      await deposit.abandon('delete');
      expect(await node.has(key)).toBe(false);
      expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
    }
  });
});

function plain(): SpecialNode {
  return specialNode({ store: directoryStore(directory) });
}

/** Keeps what is handed to it to the end. */
function keeping(kept: string[]): (bytes: AsyncIterable<Uint8Array>) => Promise<string> {
  return async (bytes) => {
    kept.push((await collect(bytes)).toString());
    return 'kept';
  };
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
