import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { openCutLine } from './cut-line.ts';
import type { S3Server } from './s3-server.ts';

/**
 * A gateway whose cluster has two repositories, a bucket and a directory, with real git-annex as its client and
 * as the other user of the bucket.
 */
export function describeGatewayOnS3(s3: () => S3Server): void {
  describe.skipIf(!hasGitAnnex)('behind a gateway', { timeout: 400_000 }, () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;
    const files = isLong ? ['1.dat', 'two & ü.dat', '3.dat'] : ['two & ü.dat'];
    const nodes = isLong ? ['bucket', 'node1', 'node2', 'shelf'] : ['bucket'];
    const contentOf = (file: string): string => file.repeat(400);

    beforeAll(async () => {
      const { host, port, environment } = s3();
      gateway = await AnnexGateway.make(environment);
      const place = [`host=${host}`, `port=${port}`, 'protocol=http', 'requeststyle=path'];
      const on = ['type=S3', ...place, 'bucket=annex'];
      await gateway.initremote('bucket', ...on, 'fileprefix=b/', 'encryption=none');
      if (isLong) {
        const sealed = ['fileprefix=s/', 'encryption=shared', 'chunk=300kb'];
        await gateway.initremote('sealed', ...on, ...sealed);
        await gateway.initremote('shelf', 'type=directory', 'encryption=none', 'chunk=1kb');
        for (const name of ['node1', 'node2']) await gateway.addNode(name);
        await gateway.initremote('cut', ...on, 'fileprefix=c/', 'encryption=none', 'chunk=1MiB');
        await gateway.proxy('sealed', 'cut');
      }
      await gateway.cluster('pool', ...nodes);
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
      for (const file of files) writeFileSync(join(client.directory, file), contentOf(file));
      await client.annex('add', '.');
      await client.git('commit', '--quiet', '-m', 'files');
      await client.git('push', '--quiet', 'origin', 'main');
    }, 300_000);

    afterAll(async () => {
      await server.stop();
    });

    it('is a node of a cluster like any other, and real git-annex reads what it has', async () => {
      await client.annex('copy', '--to', 'origin-pool', ...files);
      const places = await client.whereis();
      for (const file of files) {
        expect(places.get(file)?.toSorted()).toEqual(
          ['client', ...nodes.map((name) => `origin-${name}`)].toSorted(),
        );
      }
      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      await gateway.git('annex', 'fsck', '--from', 'bucket', '--quiet');
      if (isLong) await gateway.git('annex', 'fsck', '--from', 'shelf', '--quiet');

      await client.annex('drop', '--force', ...files);
      await client.annex('get', '--from', 'origin-bucket', ...files);
      for (const file of files) {
        expect(readFileSync(join(client.directory, file), 'utf8')).toBe(contentOf(file));
      }
      await client.annex('drop', '--from', 'origin-pool', ...files);
      await client.annex('sync', '--no-content');
      for (const [, holders] of await client.whereis()) expect(holders).toEqual(['client']);
    });

    it.skipIf(!isLong)('gives what real git-annex stored there', async () => {
      await client.annex('sync', '--no-content');
      await client.annex('copy', '--to', 'origin', ...files);
      for (const name of ['bucket', 'sealed']) {
        await gateway.git('annex', 'copy', '--to', name, '--quiet', ...files);
        await client.annex('drop', '--force', ...files);
        await client.annex('sync', '--no-content');
        await client.annex('get', '--from', `origin-${name}`, ...files);
        for (const file of files) {
          expect(readFileSync(join(client.directory, file), 'utf8')).toBe(contentOf(file));
        }
      }
    });

    it.skipIf(!isLong).each(['bucket', 'sealed'])(
      "passes git-annex's own test-suite as %s",
      async (name) => {
        expect(await client.annex('testremote', '--fast', `origin-${name}`)).toContain('ok');
      },
    );

    it.skipIf(!isLong).each([
      ['bucket', 'client'],
      ['bucket', 'line'],
      ['cut', 'client'],
      ['cut', 'line'],
    ] as const)('lets a client finish an upload to %s when its %s was cut', async (name, what) => {
      const line = await openCutLine(server.port);
      const usual = (await client.git('config', 'remote.origin.annexUrl')).trim();
      try {
        const url = `annex+http://127.0.0.1:${line.port}/git-annex/`;
        await client.git('config', 'remote.origin.annexUrl', url);
        const file = `${what}-${name}.dat`;
        writeFileSync(join(client.directory, file), randomBytes(40_000_000));
        await client.annex('add', file);
        const words = ['copy', '--quiet', '--to', `origin-${name}`, file];

        const copy = spawn('git', ['annex', ...words], {
          cwd: client.directory,
          env: gitEnvironment,
          stdio: 'ignore',
          detached: true,
        });
        const ended = once(copy, 'exit');
        line.cutAfter(25_000_000, () => {
          if (what === 'client' && copy.pid !== undefined) process.kill(-copy.pid, 'SIGKILL');
        });
        await ended;
        const before = line.sentBytes();
        await client.annex(...words);
        // A client whose line was cut may have gone on by itself.
        expect(line.sentBytes() - before).toBeLessThan(25_000_000);

        await client.annex('drop', '--force', file);
        await client.annex('get', '--from', `origin-${name}`, file);
        const got = readFileSync(join(client.directory, file));
        const key = (await client.annex('lookupkey', file)).trim();
        expect(key).toContain(createHash('sha256').update(got).digest('hex'));
      } finally {
        await client.git('config', 'remote.origin.annexUrl', usual);
        line.close();
      }
    });

    it.skipIf(!isLong)('stays where it was approved to be, whatever a client pushes', async () => {
      writeFileSync(join(client.directory, 'new.dat'), 'new');
      await client.annex('add', 'new.dat');
      await pushBucket(client, 'elsewhere');

      await client.annex('copy', '--to', 'origin-bucket', 'new.dat');

      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      const key = (await client.annex('lookupkey', 'new.dat')).trim();
      // The real program of this version follows the branch: what it is told there is not where the content is.
      await expect(gateway.git('annex', 'checkpresentkey', key, 'bucket')).rejects.toThrow(
        'Command failed',
      );
      expect(await health(server)).toContain('ballast verifyremote bucket');

      await pushBucket(client, 'annex');
      await gateway.git('annex', 'checkpresentkey', key, 'bucket');
      expect(await health(server)).not.toContain('verifyremote');
    });
  });
}

/** Somebody who may push says that the bucket is another one. */
async function pushBucket(client: AnnexClient, bucket: string): Promise<void> {
  const log = await client.git('show', 'git-annex:remote.log');
  const changed = log
    .split('\n')
    .map((line) => (/ name=bucket /.test(line) ? withBucket(line, bucket) : line))
    .join('\n');
  writeFileSync(join(client.directory, '.git', 'annex', 'journal', 'remote.log'), changed);
  await client.annex('sync', '--no-content');
  expect(await client.git('show', 'git-annex:remote.log')).toContain(`bucket=${bucket} `);
}

/** Newer than any line that is there. */
function withBucket(line: string, bucket: string): string {
  return line
    .replace(/bucket=\S+/, `bucket=${bucket}`)
    .replace(
      /timestamp=(\d+)\S*/,
      (_stamp, seconds: string) => `timestamp=${Number(seconds) + 10}s`,
    );
}

async function health({ port }: ProgramServer): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}/healthz?verbose`)).text();
}
