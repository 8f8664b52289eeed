/** A cluster is brought to what its expressions say, whatever happened to it; and real git-annex finds nothing to do. */
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { ballast } from '../support/program.ts';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'] as const;
type NodeName = (typeof nodes)[number];

/** Two hundred where there is time. */
const count = isLong ? 200 : 20;
const files = Array.from({ length: count }, (_, at) => ({
  name: `${at}.dat`,
  text: `${at}-`.repeat(100 * (1 + (at % 7))),
}));

describe.skipIf(!hasGitAnnex)(
  `a cluster of five with ${count} contents`,
  { timeout: 1_000_000 },
  () => {
    let gateway: AnnexGateway;

    beforeAll(async () => {
      gateway = await AnnexGateway.make();
      for (const node of nodes) await gateway.addNode(node);
      await gateway.cluster('cluster', ...nodes);
      for (const node of nodes) {
        await gateway.git('annex', 'group', node, 'nodes');
        await gateway.git('annex', 'wanted', node, 'balanced=nodes:2');
        await gateway.git('annex', 'maxsize', node, '1 gigabyte');
      }
    });

    const placesOf = (node: NodeName): string => join(gateway.root, node);

    /** How many contents a node has on its disk. */
    const held = (node: NodeName): number => {
      const objects = join(placesOf(node), '.git/annex/objects');
      if (!existsSync(objects)) return 0;
      return readdirSync(objects, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !/\.(?:lck|map|cache)$/.test(entry.name),
      ).length;
    };
    const heldByAll = (): number => nodes.reduce((sum, node) => sum + held(node), 0);

    const rebalance = async (...options: readonly string[]): Promise<string> => {
      const ended = await ballast(['rebalance', gateway.directory, ...options]);
      const others = ended.stderr.split('\n').filter((line) => !/are missing on n3/.test(line));
      expect(others.join('\n')).toBe('');
      expect(ended.status).toBe(0);
      return ended.stdout;
    };

    /** Neither ballast nor git-annex finds anything to move, and every content is whole. */
    const expectAtRest = async (...options: readonly string[]): Promise<void> => {
      const words = ['plan', gateway.directory, '--cluster', 'cluster', ...options];
      expect((await ballast(words)).stdout).toBe(`${count} contents: nothing is to be moved\n`);
      const found = async (...terms: readonly string[]): Promise<string> =>
        await gateway.git('annex', 'find', '--branch', 'synced/main', ...options, ...terms);
      for (const node of nodes) {
        expect(await found(`--want-get-by=${node}`, `--not`, `--in=${node}`)).toBe('');
        expect(await found(`--want-drop-by=${node}`, `--in=${node}`)).toBe('');
        // It fails where something is damaged, or is not where the log says.
        await gateway.git('-C', placesOf(node), 'annex', 'fsck', '--all', '--in=here', '--quiet');
      }
    };

    it('gets what a node has missed that was away', async () => {
      const away = `${placesOf('n3')}.away`;
      const server = await gateway.serve('--repair', 'off');
      try {
        const client = await AnnexClient.clone(server.url, 'laptop');
        for (const { name, text } of files) writeFileSync(join(client.directory, name), text);
        await client.annex('add', '.');
        await client.git('commit', '--quiet', '-m', 'files');
        renameSync(placesOf('n3'), away);
        await client.annex('copy', '--to', 'origin-cluster', '.');
        await client.annex('sync', '--no-content');
      } finally {
        renameSync(away, placesOf('n3'));
        await server.stop();
      }
      const before = heldByAll();
      expect(before).toBeLessThan(2 * count);
      expect(held('n3')).toBe(0);

      const said = await rebalance();

      expect(said).toContain(`${2 * count - before} copies made`);
      expect(heldByAll()).toBe(2 * count);
      expect(held('n3')).toBe(2 * count - before);
      await expectAtRest();
    });

    it('gets a third copy when the expressions want three', async () => {
      for (const node of nodes) await gateway.git('annex', 'wanted', node, 'balanced=nodes:3');
      await rebalance();
      expect(heldByAll()).toBe(3 * count);
      await expectAtRest();
    });

    it('empties a node that is retired, when others have its copies', async () => {
      await gateway.git('annex', 'ungroup', 'n5', 'nodes');
      await gateway.git('annex', 'wanted', 'n5', 'not copies=nodes:3');
      await rebalance();
      expect(held('n5')).toBe(0);
      expect(heldByAll()).toBe(3 * count);
      await expectAtRest();
    });

    it('makes room below a maxsize that was lowered, with --rebalance', async () => {
      const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
      for (const node of nodes) await gateway.git('annex', 'wanted', node, 'balanced=nodes:2');
      await gateway.git('annex', 'wanted', 'n5', 'nothing');
      await gateway.git('annex', 'maxsize', 'n1', `${Math.floor(bytes / 5)} B`);
      await rebalance('--rebalance');
      expect(heldByAll()).toBe(2 * count);
      await expectAtRest('--rebalance');
    });
  },
);
