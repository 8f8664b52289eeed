import { describe } from 'vitest';
import { isLong } from '../../support/long.ts';
import { externalRemote } from './external-remotes.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { hasGpg, sharedCipher, specialNode } from './special-nodes.ts';

const cannot = {
  lock: 'a special remote keeps no locks',
  resume: 'an upload goes on from whole chunks alone (special-node.test.ts)',
  blank: 'a line of a program parts words by blanks (external-faults.test.ts)',
  newline: 'a line of a program names no such key',
};

// Each of them starts hundreds of programs.
describe.skipIf(!isLong)('of all kinds', () => {
  describeStorageNode('an external remote with chunks, of a program that takes several requests', {
    make: async () => {
      const { store } = await externalRemote({ modes: 'async,ordered' });
      return specialNode({ store, chunkBytes: 40_000n });
    },
    cannot: { ...cannot, readRemoved: 'the chunks behind the one that is read are gone' },
  });

  describeStorageNode('an external remote', {
    make: async () => specialNode({ store: (await externalRemote()).store }),
    cannot,
  });

  if (hasGpg) {
    describeStorageNode('an encrypted external remote', {
      make: async () => {
        const cipher = sharedCipher();
        const { store } = await externalRemote({ cipher });
        return specialNode({ store, cipher });
      },
      cannot,
    });
  }
});
