/** Remotes on the web behind a gateway, which real git-annex has set up and filled. */
import { createReadStream, existsSync, statSync, writeFileSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const forms = hasGpg ? ['encryption=shared', 'chunk=2kb'] : ['encryption=none', 'chunk=2kb'];
const names = ['small', 'with blank & ü%:'];

describe.skipIf(!hasGitAnnex || !isLong)(
  'remotes on the web behind a gateway',
  { timeout: 200_000 },
  () => {
    let files: Server;
    let url: string;
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;

    beforeAll(async () => {
      gateway = await AnnexGateway.make();
      files = createServer((request, response) => {
        const path = join(gateway.root, decodeURIComponent(request.url ?? ''));
        if (!existsSync(path) || !statSync(path).isFile()) {
          response.writeHead(404).end();
          return;
        }
        response.writeHead(200, { 'content-length': statSync(path).size });
        if (request.method === 'HEAD') response.end();
        else createReadStream(path).pipe(response);
      });
      await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
      const { port }: Pick<AddressInfo, 'port'> = Object(files.address());
      url = `http://127.0.0.1:${port}`;

      for (const name of names) writeFileSync(join(gateway.directory, name), name.repeat(1000));
      await gateway.git('annex', 'add', '--quiet', '.');
      await gateway.initremote('plain', 'type=directory', 'encryption=none');
      await gateway.initremote('sealed', 'type=directory', ...forms);
      for (const name of ['plain', 'sealed']) {
        await gateway.git('annex', 'copy', '--quiet', '--to', name, '.');
        const settings = ['type=httpalso', `--sameas=${name}`, `url=${url}/${name}`];
        await gateway.git('annex', 'initremote', `${name}-http`, ...settings);
        await gateway.git('config', '--remove-section', `remote.${name}`);
      }
      const trees = ['exporttree=yes', 'annexobjects=yes'];
      await gateway.initremote('tree', 'type=directory', 'encryption=none', ...trees);
      await gateway.git('commit', '--quiet', '-m', 'what is exported');
      await gateway.git('annex', 'export', '--quiet', 'HEAD', '--to', 'tree');
      const shows = ['type=httpalso', '--sameas=tree', `url=${url}/tree`, ...trees];
      await gateway.git('annex', 'initremote', 'tree-http', ...shows);
      await gateway.git('config', '--remove-section', 'remote.tree');
      await gateway.initremote('ours', 'type=web', `urlinclude=${url}/*`);
      writeFileSync(join(gateway.root, 'page'), 'page'.repeat(1000));
      await gateway.git('annex', 'addurl', '--quiet', '--file=page', `${url}/page`);
      await gateway.git('commit', '--quiet', '-m', 'files');
      // addurl logs no more than that the web has it.
      await gateway.git('annex', 'fsck', '--quiet', '--fast', '--from', 'ours', 'page');
      await gateway.git('annex', 'drop', '--quiet', '--force', '.');
      await gateway.proxy('plain-http', 'sealed-http', 'tree-http', 'ours');
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
    }, 200_000);

    afterAll(async () => {
      await server.stop();
      await new Promise((resolve) => files.close(resolve));
    });

    it.each(['plain', 'sealed', 'tree'])(
      'give what the directory remote has that is %s',
      async (name) => {
        await client.annex('get', '--from', `origin-${name}-http`, ...names);
        for (const file of names) {
          expect(readFileSync(join(client.directory, file), 'utf8')).toBe(file.repeat(1000));
        }
        await client.annex('drop', '--force', ...names);
      },
    );

    it('give what the web has', async () => {
      await client.annex('get', '--from', 'origin-ours', 'page');
      expect(readFileSync(join(client.directory, 'page'), 'utf8')).toBe('page'.repeat(1000));
    });

    it('are not written to, which the client hears', async () => {
      writeFileSync(join(client.directory, 'new'), 'new');
      await client.annex('add', 'new');
      const said = await client.annex('copy', '--to', 'origin-plain-http', 'new').catch(String);
      expect(said).toContain('is there to be read');
    });
  },
);
