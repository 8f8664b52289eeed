/** A directory that trees are exported to as a node of a cluster, with real git-annex as the client. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const settings = ['type=directory', 'encryption=none', 'exporttree=yes', 'annexobjects=yes'];

describe.skipIf(!hasGitAnnex || !isLong)(
  'a cluster with a directory that a branch is exported to',
  { timeout: 400_000 },
  () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;
    let tree: string;

    beforeAll(async () => {
      gateway = await AnnexGateway.make();
      tree = await gateway.initremote('tree', ...settings);
      for (const node of ['one', 'two']) await gateway.addNode(node);
      await gateway.cluster('cluster', 'one', 'two', 'tree');
      await gateway.git('config', 'remote.tree.annex-tracking-branch', 'main');
      rmSync(join(gateway.directory, '.git/hooks/post-receive'), { force: true });
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
      mkdirSync(join(client.directory, 'sub'));
      writeFileSync(join(client.directory, 'a'), 'one');
      writeFileSync(join(client.directory, 'sub/b'), 'two');
      await client.annex('add', '.');
      await client.git('commit', '--quiet', '-m', 'files');
      await client.git('fetch', '--quiet', 'origin');
    }, 200_000);

    afterAll(async () => {
      await server.stop();
    });

    it('has an upload on all of its nodes, and the files of a push at their places', async () => {
      await client.annex('copy', '--to', 'origin-cluster', '.');
      const said = await client.gitSaid('push', 'origin', 'main');
      expect(said).toContain('export to tree: 2 stored, 0 not available');
      expect(readFileSync(join(tree, 'sub/b'), 'utf8')).toBe('two');
      await client.annex('sync', '--quiet', '--no-content', 'origin');
      expect((await client.whereis()).get('a')).toEqual(
        expect.arrayContaining(['origin-one', 'origin-two']),
      );
      // Of those whose copies count for no drop, there is another list.
      expect(await client.annex('whereis', '--json', 'a')).toMatch(
        /"untrusted":\[\{[^\]]*\[origin-tree\]/,
      );
      const found = await client.annex('fsck', '--fast', '--from', 'origin-cluster');
      expect(found).not.toContain('failed');
    });

    it('gives a content that the exported tree alone has', async () => {
      for (const node of ['one', 'two'])
        await client.annex('drop', '--force', '--quiet', '--from', `origin-${node}`, 'a');
      await client.annex('drop', '--force', '--quiet', 'a');
      await client.annex('get', '--quiet', '--from', 'origin-cluster', 'a');
      expect(readFileSync(join(client.directory, 'a'), 'utf8')).toBe('one');
    });

    it('counts no copy in the exported tree for a drop elsewhere', async () => {
      await expect(client.annex('drop', 'a')).rejects.toThrow('1 failed');
      expect(readFileSync(join(client.directory, 'a'), 'utf8')).toBe('one');
    });

    it('drops nothing of what the exported tree has until another one is exported', async () => {
      await expect(
        client.annex('drop', '--force', '--from', 'origin-cluster', 'sub/b'),
      ).rejects.toThrow(/drop/);
      expect(readFileSync(join(tree, 'sub/b'), 'utf8')).toBe('two');
      const key = (await client.annex('lookupkey', 'sub/b')).trim();
      await client.git('rm', '--quiet', 'sub/b');
      await client.git('commit', '--quiet', '-m', 'without');
      await client.git('push', '--quiet', 'origin', 'main');
      await client.annex('drop', '--force', '--from', 'origin-cluster', `--key=${key}`);
      const places = await client.annex('whereis', `--key=${key}`).catch(String);
      expect(places).not.toContain('origin-tree');
    });
  },
);
