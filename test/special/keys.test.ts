/** Special remotes that are encrypted to keys, with the gpg of the gateway and real git-annex as the other side. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const person = 'gateway@example.org';
const kinds = ['hybrid', 'pubkey', 'sharedpubkey'];
const content = 'encrypted to keys'.padEnd(5000, '.');

describe.skipIf(!isLong || !hasGitAnnex || !hasGpg)(
  'a remote that is encrypted to keys, behind a gateway',
  { timeout: 400_000 },
  () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;

    beforeAll(async () => {
      const words = ['--batch', '--passphrase', '', '--quick-generate-key', person];
      execFileSync('gpg', words, { env: gitEnvironment, stdio: 'ignore' });
      gateway = await AnnexGateway.make();
      for (const kind of kinds) {
        const settings = [`encryption=${kind}`, `keyid=${person}`, 'chunk=400kb'];
        await gateway.initremote(kind, 'type=directory', ...settings);
      }
      await gateway.proxy(...kinds);
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
      writeFileSync(join(client.directory, 'f'), content);
      await client.annex('add', 'f');
      await client.git('commit', '--quiet', '-m', 'f');
      await client.git('push', '--quiet', 'origin', 'main');
    }, 300_000);

    afterAll(async () => {
      await server.stop();
      execFileSync('gpgconf', ['--kill', 'all'], { env: gitEnvironment, stdio: 'ignore' });
    });

    it.each(kinds)('as %s has what either side stored', async (kind) => {
      await client.annex('copy', '--to', `origin-${kind}`, 'f');
      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      await gateway.git('annex', 'fsck', '--from', kind, '--quiet');
      await client.annex('drop', '--from', `origin-${kind}`, '--force', 'f');

      await client.annex('copy', '--to', 'origin', 'f');
      await gateway.git('annex', 'copy', '--to', kind, '--quiet', 'f');
      await client.annex('drop', '--force', 'f');
      await client.annex('sync', '--no-content');
      await client.annex('get', '--from', `origin-${kind}`, 'f');
      expect(readFileSync(join(client.directory, 'f'), 'utf8')).toBe(content);
    });

    it.each(kinds)("as %s passes git-annex's own test-suite", async (kind) => {
      expect(await client.annex('testremote', '--fast', `origin-${kind}`)).toContain('ok');
    });
  },
);
