import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseClusterLog, setCluster, stampOf } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { uuidOf, withBranch } from '../../support/branch.ts';
import { newContent, postKey, put } from '../annex-requests.ts';
import { holders, newDemo, repositoryOf, serveDemo, uuidsOf } from '../served-demo.ts';

it('a node that is there to be read gets no upload, and hinders no removal of what it has not', async () => {
  const directory = await newDemo();
  const gateway = repositoryOf(directory, 'gateway');
  const web = uuidOf('00000000-0000-0000-0000-000000000001');
  const cluster = uuidOf(uuidsOf(directory).cluster);
  const settings = { uuid: web, web: 'true', cost: '50', 'cluster-node': 'cluster' };
  for (const [name, value] of Object.entries(settings)) {
    git(gateway, 'config', `remote.web.annex-${name}`, value);
  }
  // What node1 does not want is for every node of the cluster.
  for (const node of ['node2', 'node3']) {
    git(gateway, 'config', '--unset', `remote.${node}.annex-cluster-node`);
  }
  const withWeb = (text: string): string => {
    const nodes = [...(parseClusterLog(text).get(cluster) ?? []), web];
    return setCluster(text, { cluster, nodes, now: stampOf(Date.now()) });
  };
  await withBranch(gateway, (branch) => branch.change([{ path: 'cluster.log', edit: withWeb }]));
  const demo = await serveDemo(directory);
  try {
    for (let count = 0; count < 6; count += 1) {
      const { content, key } = newContent();
      expect(await put(demo, 'cluster', key, content)).toMatchObject({ stored: true });
      expect(holders(demo, key)).toEqual(['node1']);
      expect(existsSync(join(gateway, 'annex', 'ballast', 'missing'))).toBe(false);
    }
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    expect(await postKey(demo, 'cluster', 'remove', key)).toMatchObject({ removed: true });
  } finally {
    await demo.close();
  }
});
