/** A directory that trees are exported to as one of the nodes of a cluster. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keyFile, serializeKey } from '../../../src/key/index.ts';
import {
  parseClusterLog,
  parseProxyLog,
  setCluster,
  setProxy,
  stampOf,
  thisMachine,
  writeFirstCommit,
} from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { uuidOf, withBranch } from '../../support/branch.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { ask, newContent, postKey, put } from '../annex-requests.ts';
import { holders, logged, newDemo, repositoryOf, serveDemo, uuidsOf } from '../served-demo.ts';

it('a node that shows a tree takes uploads, gives them, and gives up none that the tree has, and says why', async () => {
  const directory = await newDemo();
  const gateway = repositoryOf(directory, 'gateway');
  const tree = imaginaryUuid(70);
  const at = temporaryDirectory();
  const { content, key } = newContent();
  const other = newContent();
  await writeFirstCommit(gateway, {
    ref: 'refs/heads/shown',
    message: 'shown',
    clock: thisMachine.clock,
    files: [{ path: 'sub/a', isLink: true, text: `../.git/annex/objects/${keyFile(key)}` }],
  });
  const settings = { uuid: tree, directory: at, 'cluster-node': 'cluster', cost: '100' };
  for (const [name, value] of Object.entries({ ...settings, 'tracking-branch': 'shown' }))
    git(gateway, 'config', `remote.tree.annex-${name}`, value);
  git(gateway, 'config', '--unset', 'remote.node3.annex-cluster-node');
  const known = uuidsOf(directory);
  const cluster = uuidOf(known.cluster);
  const now = stampOf(Date.now());
  await withBranch(gateway, (branch) =>
    branch.change([
      {
        path: 'remote.log',
        edit: (log) =>
          `${log}${tree} annexobjects=yes encryption=none exporttree=yes name=tree type=directory timestamp=1s\n`,
      },
      {
        path: 'cluster.log',
        edit: (log) => {
          const nodes = (parseClusterLog(log).get(cluster) ?? []).filter(
            (node) => node !== known.node3,
          );
          return setCluster(log, { cluster, nodes: [...nodes, tree], now });
        },
      },
      {
        path: 'proxy.log',
        edit: (log) => {
          const own = uuidOf(known.gateway);
          const remotes = [...(parseProxyLog(log).get(own) ?? []), { uuid: tree, name: 'tree' }];
          return setProxy(log, { gateway: own, remotes, now });
        },
      },
    ]),
  );
  const demo = await serveDemo(directory);
  try {
    for (const one of [{ content, key }, other]) {
      await put(demo, 'cluster', one.key, one.content);
      expect(logged(demo, one.key)).toContain(tree);
    }
    await expect.poll(() => existsSync(join(at, 'sub/a')), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(join(at, 'sub/a'))).toEqual(content);
    const nodes = holders(demo, key);
    expect(nodes).not.toEqual([]);

    // The others let go of it; the answer has no room for words.
    expect(await postKey(demo, 'cluster', 'remove', key)).toMatchObject({ removed: false });
    expect(demo.warnings.join('\n')).toContain('is in the exported tree, as sub/a');
    expect(existsSync(join(at, 'sub/a'))).toBe(true);
    expect(logged(demo, key)).toContain(tree);

    expect(holders(demo, key)).toEqual([]);
    expect(await postKey(demo, 'cluster', 'checkpresent', key)).toMatchObject({ present: true });
    const path = `/git-annex/${demo.uuids.cluster}/key/${encodeURIComponent(serializeKey(key))}`;
    const got = await ask(demo, path);
    expect(got.body).toEqual(content);

    expect(await postKey(demo, 'cluster', 'remove', other.key)).toMatchObject({ removed: true });
    expect(logged(demo, other.key)).toEqual([]);
  } finally {
    await demo.close();
  }
});
