import { expect, it } from 'vitest';
import { git } from '../../support/git-annex.ts';
import { newContent, put } from '../annex-requests.ts';
import { holders, newDemo, repositoryOf, serveDemo, uuidsOf } from '../served-demo.ts';

it.each([
  ['before it', '50'],
  ['after it', '500'],
])(
  'an upload goes to a node by its good remote, where a bad one of it is asked %s',
  async (_, cost) => {
    const directory = await newDemo();
    const gateway = repositoryOf(directory, 'gateway');
    const set = (name: string, value: string): string => git(gateway, 'config', name, value);
    const { node1 } = uuidsOf(directory);
    for (const node of ['node2', 'node3']) {
      git(gateway, 'config', '--unset', `remote.${node}.annex-cluster-node`);
    }
    set('remote.again.url', `${directory}/not-there.git`);
    set('remote.again.annex-uuid', node1);
    set('remote.again.annex-cost', cost);
    set('remote.again.annex-cluster-node', 'cluster');
    const demo = await serveDemo(directory);
    try {
      const { content, key } = newContent();
      expect(await put(demo, 'cluster', key, content)).toMatchObject({ stored: true });
      expect(holders(demo, key)).toEqual(['node1']);
    } finally {
      await demo.close();
    }
  },
);
