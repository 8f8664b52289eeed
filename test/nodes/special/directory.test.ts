import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { DirectoryStore } from '../../../src/nodes/special/directory/directory-store.ts';
import { hashDirectoryLower } from '../../../src/key/index.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { begin, directoryStore, hasGpg, sharedCipher, specialNode } from './special-nodes.ts';

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

it('that loses a content while it is made visible there says so, and has stored nothing', async () => {
  const directory = temporaryDirectory();
  const disk = thisMachine.disks.at(directory);
  const store = new DirectoryStore({ directory, disk, system: thisMachine, reserveBytes: 0 });
  const node = specialNode({ store });
  const content = Buffer.from('0123456789');
  const key = sha256Key(content);
  const setMode = disk.setMode.bind(disk);
  vi.spyOn(disk, 'setMode').mockImplementationOnce((path, mode) => {
    rmSync(join(directory, hashDirectoryLower(key)), { recursive: true });
    return setMode(path, mode);
  });
  const deposit = await begin(node, key);
  await deposit.start(0);
  await deposit.write(content);
  await expect(deposit.commit()).rejects.toThrow('removed while it was uploaded');
  await deposit.abandon('delete');
  expect(await node.has(key)).toBe(false);
});
