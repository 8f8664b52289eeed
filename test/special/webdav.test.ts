/** Webdav remotes behind a gateway, which real git-annex has set up and uses too, at a real Apache. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { DavServer, hasApache, login, password } from '../nodes/special/webdav/dav-server.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const kinds = [
  { name: 'plain', settings: ['encryption=none'] },
  {
    name: 'sealed',
    settings: hasGpg ? ['encryption=shared', 'chunk=50kb'] : ['encryption=none', 'chunk=50kb'],
  },
];
const names = ['small', 'with blank & ü%:'];

describe.skipIf(!hasGitAnnex || !hasApache || !isLong)(
  'a webdav remote behind a gateway',
  { timeout: 400_000 },
  () => {
    let dav: DavServer;
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;

    beforeAll(async () => {
      dav = await DavServer.start();
      gateway = await AnnexGateway.make({ WEBDAV_USERNAME: login, WEBDAV_PASSWORD: password });
      for (const { name, settings } of kinds) {
        await gateway.initremote(name, 'type=webdav', `url=${dav.url}/${name}`, ...settings);
      }
      await gateway.proxy(...kinds.map(({ name }) => name));
      // The server itself is told no password: initremote has left it in annex/creds.
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
      for (const name of names) writeFileSync(join(client.directory, name), name.repeat(20_000));
      await client.annex('add', '.');
      await client.git('commit', '--quiet', '-m', 'files');
      await client.git('push', '--quiet', 'origin', 'HEAD:main');
    }, 200_000);

    afterAll(async () => {
      await server.stop();
      await dav.stop();
    });

    describe.each(kinds)('that is $name', ({ name }) => {
      it('is given contents that real git-annex takes for its own', async () => {
        await client.annex('copy', '--to', `origin-${name}`, ...names);
        await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
        await gateway.git('annex', 'fsck', '--from', name, '--quiet');
        await gateway.git('annex', 'get', '--from', name, '--quiet', ...names);
        for (const file of names) {
          expect(readFileSync(join(gateway.directory, file), 'utf8')).toBe(file.repeat(20_000));
        }
        await gateway.git('annex', 'drop', '--from', name, '--force', '--quiet', ...names);
      });

      it('gives contents that real git-annex has stored there', async () => {
        await gateway.git('annex', 'copy', '--to', name, '--quiet', ...names);
        await client.annex('sync', '--no-content');
        await client.annex('drop', '--force', ...names);
        await client.annex('get', '--from', `origin-${name}`, ...names);
        for (const file of names) {
          expect(readFileSync(join(client.directory, file), 'utf8')).toBe(file.repeat(20_000));
        }
        await client.annex('drop', '--from', `origin-${name}`, ...names);
      });

      it("passes git-annex's own test-suite", async () => {
        expect(await client.annex('testremote', '--fast', `origin-${name}`)).toContain('ok');
      });
    });
  },
);
