import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo, type DemoServer } from '../support/demo-server.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const cluster = 'origin-cluster';

describe.skipIf(!hasGitAnnex)('git-annex clients, while one of three nodes is away', () => {
  const directory = join(temporaryDirectory(), 'demo');
  const gateway = join(directory, 'gateway.git');
  const node = join(directory, 'node1.git');
  let server: DemoServer;
  let client: AnnexClient;
  beforeAll(async () => {
    server = await serveDemo(directory);
    client = await AnnexClient.clone(server.url, 'laptop');
  });
  afterAll(() => server.kill());

  async function add(name: string, count = 3): Promise<string[]> {
    const files = Array.from({ length: count }, (_, index) => `${name}${index}`);
    for (const file of files) writeFileSync(join(client.directory, file), randomBytes(20_000));
    await client.annex('add', ...files);
    await client.git('commit', '--quiet', '-m', name);
    return files;
  }

  async function placesOf(files: readonly string[]): Promise<string[]> {
    const places = await client.whereis();
    return files.flatMap((file) => places.get(file) ?? []).filter((at) => at.startsWith('origin'));
  }

  async function metric(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    return Number(/^ballast_missing_copies\{node="node1"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  it('copy, sync, assist, get, move and drop as if it were a cluster of two', async () => {
    const before = await add('before', 1);
    await client.annex('copy', '--to', cluster, ...before);
    renameSync(node, `${node}.away`);

    const copied = await add('copied', 5);
    await client.annex('copy', '--to', cluster, ...copied);
    git(gateway, 'config', 'remote.node1.url', 'ssh://127.0.0.1:1/node1.git');
    const synced = await add('synced', 2);
    await client.annex('sync', '--content');
    git(gateway, 'config', 'remote.node1.url', 'annex+http://127.0.0.1:1/git-annex/');
    writeFileSync(join(client.directory, 'assisted'), randomBytes(20_000));
    await client.annex('assist');
    for (const file of [...copied, ...synced, 'assisted']) {
      const places = await placesOf([file]);
      expect(places.length).toBeGreaterThan(0);
      expect(places).not.toContain('origin-node1');
    }
    expect(await metric()).toBeGreaterThan(0);

    const [one = '', two = ''] = copied;
    const sum = await client.sha256(one);
    await client.annex('drop', '--numcopies=1', one);
    await client.annex('get', one, '--from', cluster);
    expect(await client.sha256(one)).toBe(sum);
    await client.annex('move', two, '--from', cluster).catch(() => undefined);
    expect(existsSync(join(client.directory, two))).toBe(true);

    // What the node away may have is not said to be dropped.
    await expect(
      client.annex('drop', '--from', cluster, '--numcopies=1', ...before),
    ).rejects.toThrow('drop: 1 failed');

    git(gateway, 'config', 'remote.node1.url', node);
    renameSync(`${node}.away`, node);
    await client.annex('copy', '--to', 'origin-node1', ...copied, ...synced, 'assisted');
    await client.annex('drop', '--from', cluster, '--numcopies=1', ...before);
    await vi.waitFor(async () => expect(await metric()).toBe(0), { timeout: 30_000, interval: 50 });
  }, 300_000);
});
