/** What is simulated of uploads to a cluster is what a gateway does when a real client makes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importAnnex } from '../../src/cli/sim/import/import.ts';
import { dialects } from '../../src/expression/index.ts';
import { run } from '../simulation/runner.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { serveDemo, type DemoServer } from '../support/demo-server.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const nodes = ['node1', 'node2', 'node3'];

/** A hundred where there is time, else a quarter of it. */
const count = isLong ? 100 : 10;

/** Files of 1 to 40 kB; two copies of each are more than the nodes are meant to hold. */
const files = Array.from({ length: count }, (_, index) => ({
  name: `${index}.dat`,
  text: `${index}`.padEnd(1000 * (1 + ((index * 17) % 40)), `${index}-`),
}));
const maxsizes = [9, 12, 15].map((kilobytes) => `${kilobytes * count}kB`);

describe.skipIf(!hasGitAnnex)(
  `${count} files that are sent to a cluster`,
  { timeout: 400_000 },
  () => {
    let server: DemoServer;
    let client: AnnexClient;

    beforeAll(async () => {
      server = await serveDemo(join(temporaryDirectory(), 'demo'));
      client = await AnnexClient.clone(server.url, 'laptop');
      for (const [index, node] of nodes.entries()) {
        await client.annex('wanted', `origin-${node}`, 'balanced=nodes:2');
        await client.annex('maxsize', `origin-${node}`, maxsizes[index] ?? '');
      }
      for (const { name, text } of files) writeFileSync(join(client.directory, name), text);
      await client.annex('add', '.');
      await client.git('commit', '--quiet', '-m', 'files');
      await client.annex('sync', '--no-content');
    });

    afterAll(async () => {
      await server.stop();
    });

    it('lie on the nodes that a simulation of the annex puts them on', async () => {
      const out = join(temporaryDirectory(), 'imported.sim');
      await importAnnex(client.directory, { seed: 1n, out });
      const imported = readFileSync(out, 'utf8');
      const [, cluster = ''] = /^cluster (\S+) /m.exec(imported) ?? [];
      const { simulation, end } = run(`${imported}copyto laptop ${cluster}\n`, {
        dialect: dialects.newest,
      });
      expect(end).toEqual({ kind: 'done' });

      // In the order of a copy of all; a busy machine takes long for all of them in one command.
      const inOrder = files.map(({ name }) => name).toSorted();
      for (let start = 0; start < inOrder.length; start += 20) {
        await client.annex('copy', '--to', 'origin-cluster', ...inOrder.slice(start, start + 20));
      }

      const places = await client.whereis();
      const sent = files.map(({ name }) => ({
        name,
        nodes: places.get(name)?.filter((place) => place !== 'laptop'),
      }));
      const simulated = files.map(({ name }) => ({
        name,
        nodes: nodes
          .filter((node) => simulation.world.holds(name, { view: node }))
          .map((node) => `origin-${node}`),
      }));
      expect(sent).toEqual(simulated);
      // Each node is left out of some, and some are too full for two.
      for (const node of nodes) {
        const count = simulated.filter((each) => each.nodes.includes(`origin-${node}`)).length;
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThan(files.length);
      }
      expect(new Set(simulated.map((each) => each.nodes.length)).size).toBeGreaterThan(1);
    });
  },
);
