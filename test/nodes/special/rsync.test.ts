import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { isLong } from '../../support/long.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { RsyncDaemon, hasRsync, rsyncStore } from './rsync-remotes.ts';
import { hasGpg, sharedCipher, specialNode } from './special-nodes.ts';

const cannot = {
  lock: 'a special remote keeps no locks',
  resume: 'an upload goes on from whole chunks alone (special-node.test.ts)',
  readRemoved: 'rsync may not have begun to read',
};

describe.skipIf(!hasRsync)('rsync remotes', () => {
  let daemon: RsyncDaemon | undefined;
  let count = 0;

  afterAll(async () => daemon?.stop());

  // Each act is a program or two; what is special about them, rsync-faults.test.ts and rsync-ways.test.ts say.
  describe.skipIf(!isLong)('of all kinds', () => {
    describeStorageNode('an rsync remote on a path', {
      make: async () => specialNode({ store: (await rsyncStore(temporaryDirectory())).store }),
      cannot,
    });

    describeStorageNode('an rsync remote of a daemon, with chunks', {
      make: async () => {
        daemon ??= await RsyncDaemon.start();
        count += 1;
        mkdirSync(join(daemon.directory, `${count}`));
        const { store } = await rsyncStore(daemon.url(`open/${count}`));
        return specialNode({ store, chunkBytes: 400_000n });
      },
      cannot,
    });

    describe.skipIf(!hasGpg)('encrypted', () => {
      describeStorageNode('an encrypted rsync remote', {
        make: async () => {
          const { store } = await rsyncStore(temporaryDirectory(), { isSealed: true });
          return specialNode({ store, cipher: sharedCipher() });
        },
        cannot,
      });
    });
  });
});
