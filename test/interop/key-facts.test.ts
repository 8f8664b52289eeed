import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo, type DemoServer } from '../support/demo-server.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const nodes = ['origin-node1', 'origin-node2', 'origin-node3'];
const cluster = 'origin-cluster';
const attributes = '*.three annex.numcopies=3\n';

/** Expressions of the nodes that ask for more of a key than where it is. */
const wanted = [
  'metadata=tag=x and metadata=author=J*',
  'metadata=tag=y or metadata=lastchanged>=2000',
  'lackingcopies=3',
];

/** Files, and the metadata that each is given before it is uploaded. */
const files: Readonly<Record<string, readonly string[]>> = {
  'both.one': ['tag+=x', 'author=Joe Doe'],
  'half.one': ['tag+=x', 'author=Ann'],
  'other.three': ['tag+=y'],
  'removed.one': ['tag+=x', 'author=Jim', 'tag-=x'],
  'plain.three': [],
  'plain.one': [],
};

describe.skipIf(!hasGitAnnex)(
  'an upload through the gateway to nodes that want by metadata',
  () => {
    const directory = join(temporaryDirectory(), 'demo');
    let server: DemoServer;
    let client: AnnexClient;

    beforeAll(async () => {
      server = await serveDemo(directory);
      client = await AnnexClient.clone(server.url, 'laptop');
      for (const [index, node] of nodes.entries()) {
        await client.annex('wanted', node, wanted[index] ?? '');
      }
      // The gateway is bare, where git and git-annex look at these attributes only.
      mkdirSync(join(directory, 'gateway.git/info'), { recursive: true });
      writeFileSync(join(directory, 'gateway.git/info/attributes'), attributes);
      writeFileSync(join(client.directory, '.gitattributes'), attributes);
      for (const [file, metadata] of Object.entries(files)) {
        writeFileSync(join(client.directory, file), `content of ${file}`);
        await client.annex('add', file);
        for (const each of metadata) await client.annex('metadata', file, '--set', each);
      }
      await client.git('add', '.');
      await client.git('commit', '--quiet', '--message', 'files');
      await client.annex('sync', '--no-content');
    });

    afterAll(async () => {
      await server.stop();
    });

    it('goes where git-annex itself says it is wanted, or everywhere when nobody does', async () => {
      const wanting = new Map(Object.keys(files).map((file) => [file, new Array<string>()]));
      for (const node of nodes) {
        for (const file of await client.wantedBy(node)) wanting.get(file)?.push(node);
      }

      await client.annex('copy', '--to', cluster, '.');

      const places = await client.whereis();
      for (const [file, wants] of wanting) {
        const there = wants.length === 0 ? nodes : wants;
        expect(places.get(file), file).toEqual(['laptop', ...there].sort());
      }
      expect([...wanting.values()].map((wants) => wants.length)).toEqual([2, 1, 1, 1, 0, 0]);
    });
  },
);
