import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo } from '../support/demo-server.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const cluster = 'origin-cluster';

/** Makes git-annex send slowly enough to be cut in the middle. */
const slowly = ['-c', 'annex.bwlimit-upload=4MB'];

describe.skipIf(!hasGitAnnex)('a server that is killed', () => {
  it('loses neither object nor location of a copy that its client saw succeed', async () => {
    const directory = join(temporaryDirectory(), 'demo');
    let server = await serveDemo(directory);
    const client = await AnnexClient.clone(server.url, 'laptop');
    for (let round = 0; round < (isLong ? 10 : 1); round += 1) {
      const file = `file${round}`;
      writeFileSync(join(client.directory, file), randomBytes(100_000));
      await client.annex('add', file);
      await client.git('commit', '--quiet', '-m', file);
      const sum = await client.sha256(file);

      await client.annex('copy', file, '--to', cluster);
      await server.kill();
      server = await serveDemo(directory, server.port);

      // A clone that never spoke to the killed server knows what the restarted one knows.
      await client.git('push', '--quiet', 'origin', 'HEAD:main');
      const other = await AnnexClient.clone(server.url, `other${round}`);
      const places = (await other.whereis()).get(file) ?? [];
      expect(places.filter((place) => place.startsWith('origin-node'))).toHaveLength(2);
      await other.annex('get', file, '--from', cluster);
      expect(await other.sha256(file)).toBe(sum);
      await client.annex('sync');
      const mine = (await client.whereis()).get(file) ?? [];
      expect(mine.filter((place) => place.startsWith('origin-node'))).toHaveLength(2);
    }
    await server.stop();
    expect(git(join(directory, 'gateway.git'), 'fsck', '--no-dangling')).toBe('');
    expect(existsSync(join(directory, 'gateway.git/annex/journal.lck'))).toBe(true);
  });

  it.skipIf(!isLong)('lets a client finish an upload that it cut', async () => {
    const directory = join(temporaryDirectory(), 'demo');
    let server = await serveDemo(directory);
    const client = await AnnexClient.clone(server.url, 'laptop');
    writeFileSync(join(client.directory, 'large'), randomBytes(12_000_000));
    await client.annex('add', 'large');
    const sum = await client.sha256('large');

    const copying = client.git(...slowly, 'annex', 'copy', 'large', '--to', cluster).then(
      () => 'copied',
      () => 'cut',
    );
    await until(() => partialBytes(directory) > 1_000_000);
    await server.kill();
    expect(await copying).toBe('cut');
    const kept = partialBytes(directory);
    expect(kept).toBeGreaterThan(1_000_000);
    server = await serveDemo(directory, server.port);
    await client.annex('copy', 'large', '--to', cluster);

    await client.annex('drop', 'large');
    await client.annex('get', 'large', '--from', cluster);
    expect(await client.sha256('large')).toBe(sum);
    await server.stop();
  });
});

/** Bytes of interrupted uploads that the demo's nodes keep: the most that one has. */
function partialBytes(demo: string): number {
  const directories = ['node1', 'node2', 'node3'].map((node) =>
    join(demo, `${node}.git/annex/tmp`),
  );
  const sizes = directories
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .map((path) => statSync(path).size);
  return Math.max(0, ...sizes);
}

async function until(condition: () => boolean): Promise<void> {
  for (let polls = 0; !condition(); polls += 1) {
    if (polls > 3000) throw new Error('what was waited for did not come');
    await delay(20);
  }
}
