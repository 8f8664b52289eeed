import { imaginaryUuid } from '../support/branch.ts';
import { MemoryNode } from './memory-node.ts';
import { describeStorageNode } from './storage-node-suite.ts';

// The fake that other tests rely on has to keep the promises of the real ones.
describeStorageNode('a memory', {
  make: () => new MemoryNode({ uuid: imaginaryUuid(1), name: 'memory' }),
});
