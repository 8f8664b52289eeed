import { temporaryDirectory } from '../../support/objects.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { directoryStore, hasGpg, sharedCipher, specialNode } from './special-nodes.ts';

const cannot = {
  lock: 'a special remote keeps no locks',
  resume: 'an upload goes on from whole chunks alone (special-node.test.ts)',
};

describeStorageNode('a directory', {
  make: () => specialNode({ store: directoryStore(temporaryDirectory()) }),
  cannot,
});

describeStorageNode('a directory with chunks', {
  make: () => specialNode({ store: directoryStore(temporaryDirectory()), chunkBytes: 40_000n }),
  cannot: { ...cannot, readRemoved: 'the chunks behind the one that is read are gone' },
});

if (hasGpg) {
  describeStorageNode('an encrypted directory', {
    make: () =>
      specialNode({ store: directoryStore(temporaryDirectory()), cipher: sharedCipher() }),
    cannot,
  });
}
