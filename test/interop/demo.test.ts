import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo, type DemoServer } from '../support/demo-server.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const nodes = ['origin-node1', 'origin-node2', 'origin-node3'];
const cluster = 'origin-cluster';

const count = isLong ? 20 : 8;
/** Files from 1 kB to 20 MB, evenly by magnitude. */
const sizes = Array.from({ length: count }, (_, i) =>
  Math.round(1000 * 20_000 ** (i / (count - 1))),
);
const files = sizes.map((size, i) => `file ${i} of ${size}.dat`);

describe.skipIf(!hasGitAnnex)('a real git-annex client of the demo cluster', () => {
  const directory = join(temporaryDirectory(), 'demo');
  let server: DemoServer;
  let client: AnnexClient;
  const expected = new Map<string, string[]>();
  const sums = new Map<string, string>();

  beforeAll(async () => {
    server = await serveDemo(directory);
    client = await AnnexClient.clone(server.url, 'laptop');
    for (const [i, file] of files.entries()) {
      writeFileSync(join(client.directory, file), randomBytes(sizes[i] ?? 0));
    }
    await client.annex('add', '.');
    await client.git('commit', '--quiet', '-m', 'files');
    for (const file of files) {
      expected.set(file, []);
      sums.set(file, await client.sha256(file));
    }
    for (const node of nodes) {
      for (const file of await client.wantedBy(node)) expected.get(file)?.push(node);
    }
  });

  afterAll(async () => {
    await server.stop();
  });

  it('learns of the cluster and its nodes from the clone alone', async () => {
    const info = await client.annex('info', 'origin');

    expect(info).toContain(`gateway to cluster: ${cluster}`);
    for (const node of nodes) expect(info).toContain(node);
    expect(await client.git('config', 'remote.origin.annexurl')).toMatch(/^annex\+http:\/\//);
  });

  it('finds each file on exactly the two nodes that git-annex itself says want it', async () => {
    expect([...expected.values()].every((places) => places.length === 2)).toBe(true);

    await client.annex('copy', '--to', cluster);

    const places = await client.whereis();
    for (const file of files) {
      expect(places.get(file), file).toEqual([...(expected.get(file) ?? []), 'laptop'].sort());
    }
    for (const node of nodes) {
      const there = files.filter((file) => expected.get(file)?.includes(node));
      expect(await objectsOn(client, directory, node)).toEqual(there.sort());
    }
  });

  it('sees the same after a sync through the served repository, from another clone too', async () => {
    await client.annex('sync');
    const other = await AnnexClient.clone(server.url, 'other');

    const places = await other.whereis();

    for (const file of files) {
      expect(places.get(file), file).toEqual([...(expected.get(file) ?? []), 'laptop'].sort());
    }
  });

  it('drops its copies and gets them back from the cluster, byte for byte', async () => {
    await client.annex('drop', '.');
    for (const file of files) expect(existsSync(join(client.directory, file)), file).toBe(false);

    await client.annex('get', '.', '--from', cluster);

    for (const file of files) expect(await client.sha256(file)).toBe(sums.get(file));
  });

  it('goes on with a download where it broke off', async () => {
    const file = files.at(-1) ?? '';
    const key = (await client.annex('lookupkey', file)).trim();
    const whole = (await client.annex('contentlocation', key)).trim();
    const part = await readPart(join(client.directory, whole), 1_000_000);
    await client.annex('drop', file);
    const partial = join(client.directory, '.git/annex/tmp', key);
    writeFileSync(partial, part);

    await client.annex('get', file, '--from', cluster);

    expect(await client.sha256(file)).toBe(sums.get(file));
  });

  it('moves a file to a single node that does not want it', async () => {
    const file = files[3] ?? '';
    const unwanting = nodes.find((node) => !expected.get(file)?.includes(node)) ?? '';

    await client.annex('move', file, '--to', unwanting);

    const places = (await client.whereis()).get(file);
    expect(places).toEqual([...nodes]);
    await client.annex('drop', file, '--from', unwanting);
    await client.annex('get', file);
  });

  it('checks contents on the cluster and on each node by fsck --from', async () => {
    for (const remote of [cluster, ...nodes]) {
      const checked = await client.annex('fsck', '--from', remote, '.');
      expect(checked).toContain('fsck');
      expect(checked).not.toContain('failed');
    }
  });

  it('may not drop from the cluster what numcopies needs there', async () => {
    const file = files[5] ?? '';
    await client.annex('numcopies', '2');

    await expect(client.annex('drop', file, '--from', cluster)).rejects.toThrow(
      /unsafe|numcopies|failed/,
    );

    await client.annex('numcopies', '1');
    expect((await client.whereis()).get(file)).toHaveLength(3);
  });

  it('may not drop from the cluster the only copies there are', async () => {
    const file = files[6] ?? '';
    await client.annex('drop', file);

    await expect(client.annex('drop', file, '--from', cluster)).rejects.toThrow(/failed/);

    expect((await client.whereis()).get(file)).toEqual(expected.get(file));
    await client.annex('get', file);
  });

  it('drops from the cluster all copies when numcopies lets it', async () => {
    const file = files[7] ?? '';

    await client.annex('drop', file, '--from', cluster);

    expect((await client.whereis()).get(file)).toEqual(['laptop']);
    for (const node of nodes) expect(await objectsOn(client, directory, node)).not.toContain(file);
  });

  it('passes git-annex’s own test of a remote, for a node and for the cluster', async () => {
    for (const remote of ['origin-node2', cluster]) {
      expect(await client.annex('testremote', '--fast', remote)).toMatch(/All \d+ tests passed/);
    }
  });

  it('ends cleanly on Ctrl-C and is taken up again as it was', async () => {
    const { port } = server;
    expect(await server.stop()).toBe(0);

    server = await serveDemo(directory, port);

    const file = files[0] ?? '';
    rmSync(join(client.directory, '.git/annex/tmp'), { recursive: true, force: true });
    await client.annex('drop', file);
    await client.annex('get', file, '--from', cluster);
    expect(await client.sha256(file)).toBe(sums.get(file));
  });
});

/** Files whose content a node has on disk, sorted. */
async function objectsOn(client: AnnexClient, demo: string, node: string): Promise<string[]> {
  const repository = join(demo, `${node.replace('origin-', '')}.git`);
  const found = await Promise.all(
    files.map(async (file) => {
      const key = (await client.annex('lookupkey', file)).trim();
      const hash = (await client.annex('examinekey', '--format', '${hashdirlower}', key)).trim();
      return existsSync(join(repository, 'annex/objects', hash, key, key)) ? file : undefined;
    }),
  );
  return found.filter((file) => file !== undefined).sort();
}

async function readPart(path: string, bytes: number): Promise<Buffer> {
  const { open } = await import('node:fs/promises');
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
