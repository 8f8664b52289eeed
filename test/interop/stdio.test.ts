import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoIn } from '../support/demo.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = join(temporaryDirectory(), 'demo');
const gateway = join(directory, 'gateway.git');
const program = join(import.meta.dirname, '..', '..', 'dist', 'ballast.js');
const cluster = 'origin-cluster';
const files = ['small.dat', 'a b%é.dat', 'large.dat'] as const;
const sizes: Readonly<Record<(typeof files)[number], number>> = {
  'small.dat': 10,
  'a b%é.dat': 70_000,
  'large.dat': 3_000_000,
};

/**
 * An `ssh` that goes no further than here: its far end is a login shell, as sshd starts one. Other
 * hosts than localhost are not reached.
 */
function standInForSsh(): string {
  const bin = temporaryDirectory();
  const script = `#!/bin/sh
reached=
for last; do [ "$last" = localhost ] && reached=yes; done
[ "$reached" ] || exit 255
exec '${process.execPath}' '${program}' shell -c "$last"
`;
  writeFileSync(join(bin, 'ssh'), script);
  chmodSync(join(bin, 'ssh'), 0o755);
  return bin;
}

describe.skipIf(!hasGitAnnex)('a real git-annex client over ssh, with ballast as the shell', () => {
  let client: AnnexClient;
  const sums = new Map<string, string>();

  beforeAll(async () => {
    gitEnvironment['PATH'] = `${standInForSsh()}:${process.env['PATH'] ?? ''}`;
    await demoIn(directory);
    client = await AnnexClient.clone(`ssh://localhost${gateway}`, 'laptop');
    await client.git('config', 'annex.sshcaching', 'false');
    for (const file of files) {
      writeFileSync(join(client.directory, file), randomBytes(sizes[file]));
      sums.set(file, await client.sha256(file));
    }
    await client.annex('add', '.');
    await client.git('commit', '--quiet', '-m', 'files');
  });

  async function places(file: string): Promise<string[]> {
    return (await client.whereis()).get(file) ?? [];
  }

  it('learns of the repository behind it from the clone alone', async () => {
    const info = await client.annex('info', 'origin');

    expect(info).toContain(`gateway to cluster: ${cluster}`);
  });

  it('stores in a cluster, where git-annex itself says that nodes want it', async () => {
    const wanting = new Map<string, string[]>(files.map((file) => [file, ['laptop']]));
    for (const node of ['origin-node1', 'origin-node2', 'origin-node3']) {
      for (const file of await client.wantedBy(node)) wanting.get(file)?.push(node);
    }

    await client.annex('copy', '--to', cluster);

    for (const file of files) {
      expect(await places(file), file).toEqual(wanting.get(file)?.sort());
    }
  });

  it('drops what nodes keep locked for it, and gets it back', async () => {
    await client.annex('drop', '.');
    expect(await places('large.dat')).not.toContain('laptop');

    await client.annex('get', '.', '--from', cluster);

    await client.annex('fsck');
    for (const file of files) expect(await client.sha256(file), file).toBe(sums.get(file));
  });

  it('looks for it, and drops it from the cluster', async () => {
    await client.annex('fsck', '--fast', '--from', cluster);
    await client.annex('drop', '--from', cluster, 'small.dat');

    expect(await places('small.dat')).toEqual(['laptop']);
  });

  it('moves to the gateway and back', async () => {
    await client.annex('move', '--to', 'origin', 'small.dat');
    expect(await places('small.dat')).not.toContain('laptop');

    await client.annex('move', '--from', 'origin', 'small.dat');

    expect(await places('small.dat')).toEqual(['laptop']);
    expect(await client.sha256('small.dat')).toBe(sums.get('small.dat'));
  });

  it('goes on with an upload and a download that were interrupted', async () => {
    const key = (await client.annex('lookupkey', 'large.dat')).trim();
    const content = readFileSync(join(client.directory, 'large.dat'));
    const begun = join(temporaryDirectory(), 'begun');
    writeFileSync(begun, content.subarray(0, 1_000_000));

    mkdirSync(join(gateway, 'annex', 'tmp'), { recursive: true });
    copyFileSync(begun, join(gateway, 'annex', 'tmp', key));
    await client.annex('copy', '--to', 'origin', 'large.dat');
    await client.annex('drop', '--force', 'large.dat');
    mkdirSync(join(client.directory, '.git', 'annex', 'tmp'), { recursive: true });
    copyFileSync(begun, join(client.directory, '.git', 'annex', 'tmp', key));
    await client.annex('get', '--from', 'origin', 'large.dat');

    expect(await client.sha256('large.dat')).toBe(sums.get('large.dat'));
    await client.annex('fsck', '--from', 'origin', 'large.dat');
  });

  it('hears that a node cannot be asked, and does not take that for an absence', async () => {
    const node = (await places('a b%é.dat')).find((name) => name.startsWith('origin-node'));
    const path = join(directory, `${node?.slice('origin-'.length)}.git`);
    renameSync(path, `${path}.away`);

    const check = client.annex('fsck', '--fast', '--from', node ?? '', 'a b%é.dat');

    await expect(check).rejects.toThrow(/is not available/);
    renameSync(`${path}.away`, path);
    expect(await places('a b%é.dat')).toContain(node);
    await client.annex('fsck', '--fast', '--from', node ?? '', 'a b%é.dat');
  });

  it('is content with it in its own test of a remote', async () => {
    const out = await client.annex('testremote', '--fast', 'origin');

    expect(out).toMatch(/All \d+ tests passed/);
  });

  it('pushes and pulls', async () => {
    await client.git(
      'push',
      '--quiet',
      'origin',
      'HEAD:refs/heads/main',
      'git-annex:synced/git-annex',
    );
    await client.annex('sync', '--no-content');

    const other = await AnnexClient.clone(`ssh://localhost${gateway}`, 'other');
    const stored = files.slice(1);
    await other.annex('get', ...stored);

    for (const file of stored) expect(await other.sha256(file)).toBe(sums.get(file));
  });
});
