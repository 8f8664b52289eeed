import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo, type DemoServer } from '../support/demo-server.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A backend of each kind of hasher that the gateway has, and one that is judged by its size. */
const backends = [
  'SKEIN256',
  'SKEIN512E',
  'BLAKE2BP512',
  'BLAKE2SP224',
  'BLAKE2SP256E',
  'BLAKE2B160E',
  'SHA3_256',
  'WORM',
];
const fileOf = (backend: string): string => `${backend}.dat`;

describe.skipIf(!hasGitAnnex)(
  'a real git-annex client with files of backends of every kind',
  () => {
    let server: DemoServer;
    let client: AnnexClient;
    const sums = new Map<string, string>();

    beforeAll(async () => {
      server = await serveDemo(join(temporaryDirectory(), 'demo'));
      client = await AnnexClient.clone(server.url, 'laptop');
      const attributes = backends.map((name) => `${fileOf(name)} annex.backend=${name}\n`);
      writeFileSync(join(client.directory, '.gitattributes'), attributes.join(''));
      for (const backend of backends) {
        writeFileSync(join(client.directory, fileOf(backend)), randomBytes(200_000));
      }
      await client.annex('add', '.');
      await client.git('commit', '--quiet', '-m', 'files');
      for (const backend of backends) sums.set(backend, await client.sha256(fileOf(backend)));
    });

    afterAll(async () => {
      await server.stop();
    });

    it('uploads them all to the cluster, which verifies and stores each on two nodes', async () => {
      const keys = await client.annex('find', '--format', '${key}\n');
      const named = keys.trimEnd().split('\n');
      expect(named.map((key) => key.split('-')[0]).sort()).toEqual([...backends].sort());

      await client.annex('copy', '--to', 'origin-cluster');

      const places = await client.whereis();
      for (const backend of backends) expect(places.get(fileOf(backend)), backend).toHaveLength(3);
    });

    it('gets them back byte for byte', async () => {
      await client.annex('drop', '.');
      for (const backend of backends) {
        expect(existsSync(join(client.directory, fileOf(backend))), backend).toBe(false);
      }

      await client.annex('get', '.', '--from', 'origin-cluster');

      for (const backend of backends) {
        expect(await client.sha256(fileOf(backend)), backend).toBe(sums.get(backend));
      }
    });
  },
);
