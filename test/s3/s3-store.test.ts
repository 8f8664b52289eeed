import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportObjectPath } from '../../src/nodes/special/export/export-paths.ts';
import { ExportedPieces } from '../../src/nodes/special/export/exported-pieces.ts';
import type { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { S3Export } from '../../src/nodes/special/s3/s3-export.ts';
import { begin, read, sharedCipher, specialNode, store } from '../nodes/special/special-nodes.ts';
import { describeStorageNode } from '../nodes/storage-node-suite.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { sha256Key } from '../support/objects.ts';
import { isLong } from '../support/long.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { describeExports } from '../special/exports-of.ts';
import { describeDirectOnS3 } from './direct-on-s3.ts';
import { describeDirectStores } from './direct-stores.ts';
import { describeGatewayOnS3 } from './gateway-on-s3.ts';
import { describeS3Resumption } from './resumption-on-s3.ts';
import { describeS3Faults } from './faults-of-s3.ts';
import { hasS3, startS3, type S3Server } from './s3-server.ts';
import { openUploadsOf, s3ClientAt, s3StoreAt, type S3StoreAt } from './s3-stores.ts';

const never = new AbortController().signal;

let server: S3Server;

describe.skipIf(!hasS3)('an S3 server', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startS3();
    await s3ClientAt(server).ask({ method: 'PUT' }, [200]);
  }, 400_000);
  afterAll(async () => {
    await server.stop();
  });

  const cannot = {
    lock: 'a special remote keeps no locks',
    resume: 'an upload of one object is begun anew',
    readRemoved: 'the server decides that',
  };
  describeStorageNode('S3', {
    make: () => specialNode({ store: storeAt({}).store }),
    cannot,
  });
  if (isLong) {
    describeStorageNode('S3 with signatures of version 4 and chunks', {
      make: () => specialNode({ store: storeAt({ signature: 'v4' }).store, chunkBytes: 100_000n }),
      cannot,
    });
    describeStorageNode('encrypted S3', {
      make: () => specialNode({ store: storeAt({}).store, cipher: sharedCipher() }),
      cannot,
    });
  }
  describeStorageNode('S3 that trees are exported to', {
    make: () =>
      specialNode({ store: new ExportedPieces(exportAt(), { of: () => Promise.resolve([]) }) }),
    cannot,
  });
  describeGatewayOnS3(() => server);
  describeDirectStores(() => server);
  describeDirectOnS3(() => server);
  describeS3Faults(() => server);
  describeS3Resumption(() => server);
  describeExports({
    name: 'a bucket',
    // Of other names, real git-annex cannot have the server copy an object, and deletes it.
    directory: 'deep',
    environment: () => server.environment,
    make: async (gateway, remote) => {
      const { host, port } = server;
      const place = [`host=${host}`, `port=${port}`, 'protocol=http', 'requeststyle=path'];
      const fileprefix = `${remote}/`;
      const form = ['encryption=none', 'exporttree=yes', 'annexobjects=yes', 'bucket=trees'];
      await gateway.initremote(remote, 'type=S3', ...place, ...form, `fileprefix=${fileprefix}`);
      const client = s3ClientAt(server, { settings: { fileprefix, bucket: 'trees' } });
      return async () => await objectsOf(client);
    },
  });

  it('has a large file of a tree at its place, and below .git/annex/objects no more', async () => {
    const s3 = exportAt();
    const of = (): Promise<readonly string[]> => Promise.resolve(['a b/ü+%.bin']);
    const node = specialNode({ store: new ExportedPieces(s3, { of }) });
    const content = Buffer.alloc(20_000_000, 'abcdefghijk');
    const key = sha256Key(content);
    await store(node, key, content);
    expect((await read(node, key)).equals(content)).toBe(true);
    await s3.rename(exportObjectPath(key, undefined), 'a b/ü+%.bin');
    expect(await s3.look('a b/ü+%.bin')).toEqual({ sizeBytes: 20_000_000 });
    expect(await s3.look(exportObjectPath(key, undefined))).toBeUndefined();
    expect((await read(node, key)).equals(content)).toBe(true);
  });

  it('gets a large object in parts, of which nothing shows before the end', async () => {
    const { store: s3, uploads } = storeAt({});
    const node = specialNode({ store: s3 });
    const content = Buffer.alloc(20_000_000, 'abcdefghijk');
    const key = sha256Key(content);
    const deposit = await begin(node, key);
    await deposit.start(0);
    await deposit.write(content);
    expect(await node.has(key)).toBe(false);
    const [note = ''] = readdirSync(uploads);
    expect(readFileSync(join(uploads, note), 'utf8')).toContain('"id":"');
    await deposit.commit();
    expect((await read(node, key)).equals(content)).toBe(true);
    expect((await read(node, key, 9_000_001)).equals(content.subarray(9_000_001))).toBe(true);
    expect(readdirSync(uploads)).toEqual([]);
  });

  it('is left no parts of what was given up, or of a process that was killed', async () => {
    const place = storeAt({});
    const key = sha256Key(Buffer.from('x'));
    const content = Buffer.alloc(9_000_000, 'x');
    const first = await begin(specialNode({ store: place.store }), key);
    await first.start(0);
    await first.write(content);
    expect(await openUploadsOf(place.client)).toBe(1);
    await first.abandon('keep');
    expect(await openUploadsOf(place.client)).toBe(0);

    const second = await begin(specialNode({ store: place.store }), key);
    await second.start(0);
    await second.write(content);
    // As a process that was killed leaves it: a note that nobody holds.
    const object = `${place.client.place.prefix}X--killed`;
    const query = [['uploads', '']] as const;
    const id = (await place.client.ask({ method: 'POST', object, query })).text('UploadId');
    writeFileSync(join(place.uploads, 'killed'), JSON.stringify({ object, id }));
    // And before it heard the name: of two uploads of the object one is somebody else's.
    const unheard = (name: string): string => `${place.client.place.prefix}X--${name}`;
    const newUpload = async (name: string): Promise<string> => {
      const request = { method: 'POST', object: unheard(name), query } as const;
      return (await place.client.ask(request)).text('UploadId');
    };
    const note = (file: string, what: object): void =>
      writeFileSync(join(place.uploads, file), `${JSON.stringify(what)}\n{"obj`);
    const lock = await thisMachine.locks.tryLock(join(place.uploads, 'other'), 'exclusive', {
      disk: thisMachine.disks.at(place.uploads),
      create: true,
    });
    const askedMs = Date.now();
    await newUpload('a');
    note('a', { object: unheard('a'), askedMs });
    note('other', { object: unheard('a'), askedMs, id: await newUpload('a') });
    // What was asked for at another time is not meant.
    const old = await newUpload('b');
    note('b', { object: unheard('b'), askedMs: askedMs - 3_600_000 });
    expect(await openUploadsOf(place.client)).toBe(5);

    await place.store.clear();

    expect(await openUploadsOf(place.client)).toBe(3);
    expect(readdirSync(place.uploads)).toHaveLength(2);
    // Whoever is about to hear the name of one may get any.
    note('other', { object: unheard('b'), askedMs });
    note('b', { object: unheard('b'), askedMs });
    await place.store.clear();
    expect(await openUploadsOf(place.client)).toBe(3);
    note('other', { object: unheard('b'), askedMs, id: old });
    lock?.release();
    await lock?.released;
    await place.store.clear();
    expect(await openUploadsOf(place.client)).toBe(2);
    // It may begin after all, and is looked for once more.
    expect(readdirSync(place.uploads)).toHaveLength(2);
    await newUpload('b');
    await place.store.clear();
    expect(await openUploadsOf(place.client)).toBe(2);
    expect(readdirSync(place.uploads)).toHaveLength(1);
    await second.abandon('delete');
    expect(await openUploadsOf(place.client)).toBe(1);
  });

  it('is not available, and not empty, without its bucket, or with a wrong secret', async () => {
    const key = sha256Key(Buffer.from('content'));
    for (const [node, why] of [
      [
        specialNode({ store: storeAt({ bucket: 'nowhere' }).store }),
        /there is no bucket nowhere|NoSuchBucket/,
      ],
      [specialNode({ store: storeAt({}, 'wrong').store }), /403/],
    ] as const) {
      for (const act of [
        () => node.has(key),
        () => node.get(key, 0),
        () => node.remove(key, { signal: never }),
        () => node.probe('question'),
        () => store(node, key, Buffer.from('content')),
      ]) {
        await expect(act()).rejects.toThrow(why);
      }
    }
  });

  it('is not used when its bucket is that of another remote', async () => {
    const { store: s3, client } = storeAt({});
    const object = `${client.place.prefix}annex-uuid`;
    const mark = async (uuid: string): Promise<void> => {
      const body = Buffer.from(uuid);
      await (await client.send({ method: 'PUT', object, body }, [200])).body.dump();
    };
    await mark(imaginaryUuid(2));
    const node = specialNode({ store: s3 });
    const key = sha256Key(Buffer.from('content'));
    await expect(node.has(key)).rejects.toThrow('belongs to another remote');
    await expect(store(node, key, Buffer.from('content'))).rejects.toThrow('another remote');
    await mark(imaginaryUuid(1));
    expect(await node.has(key)).toBe(false);
  });

  it.skipIf(!isLong)(
    'that is gone for a moment is waited for, and then is not available',
    async () => {
      const node = specialNode({ store: storeAt({}).store });
      const content = Buffer.from('content');
      const key = sha256Key(content);
      await store(node, key, content);
      await server.crash();
      const waiting = read(node, key);
      waiting.catch(() => undefined);
      await expect(node.has(key)).rejects.toThrow('ECONNREFUSED');
      await expect(waiting).rejects.toThrow('ECONNREFUSED');
      await server.revive();
      expect(await read(node, key)).toEqual(content);
    },
  );
});

function storeAt(settings: Readonly<Record<string, string>>, secret?: string): S3StoreAt {
  return s3StoreAt(server, { settings, secret });
}

function exportAt(): S3Export {
  return new S3Export(s3StoreAt(server).objects);
}

/** The objects of a remote, each with what is in it. */
async function objectsOf(client: S3Client): Promise<readonly string[]> {
  const query = [['prefix', client.place.prefix]] as const;
  const found = (await client.ask({ method: 'GET', query })).all('Contents');
  const keys = found.map((one) => one.text('Key'));
  const names = keys.filter((object) => !object.endsWith('/annex-uuid')).sort();
  const listed = names.map(async (object) => {
    const response = await client.send({ method: 'GET', object }, [200]);
    const hash = createHash('md5')
      .update(await response.body.text())
      .digest('hex');
    return `./${object.slice(client.place.prefix.length)} ${hash}`;
  });
  return await Promise.all(listed);
}
