import { afterAll, describe } from 'vitest';
import { describeStorageNode } from '../../storage-node-suite.ts';
import { hasGpg, sharedCipher, specialNode } from '../special-nodes.ts';
import { DavServer, davStore, hasApache } from './dav-server.ts';

const cannot = {
  lock: 'a special remote keeps no locks',
  resume: 'an upload goes on from whole chunks alone (special-node.test.ts)',
};

describe.skipIf(!hasApache)('webdav remotes', () => {
  let server: DavServer | undefined;
  let count = 0;

  afterAll(async () => server?.stop());

  /** A url that nothing is below yet. */
  const fresh = async (): Promise<string> => {
    server ??= await DavServer.start();
    count += 1;
    const collection = await fetch(`${server.url}/${count}`, {
      method: 'MKCOL',
      headers: { authorization: `Basic ${Buffer.from('user:pass word:ü').toString('base64')}` },
    });
    if (collection.status !== 201) throw new Error(`MKCOL: ${collection.status}`);
    return `${server.url}/${count}`;
  };

  describeStorageNode('a webdav remote', {
    make: async () => specialNode({ store: davStore(await fresh()) }),
    cannot,
  });

  describeStorageNode('a webdav remote with chunks', {
    make: async () => specialNode({ store: davStore(await fresh()), chunkBytes: 40_000n }),
    cannot: { ...cannot, readRemoved: 'the chunks behind the one that is read are gone' },
  });

  describe.skipIf(!hasGpg)('encrypted', () => {
    describeStorageNode('an encrypted webdav remote', {
      make: async () => specialNode({ store: davStore(await fresh()), cipher: sharedCipher() }),
      cannot,
    });
  });
});
