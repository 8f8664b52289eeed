/**
 * A process of its own that removes a content from a repository and dies, as by SIGKILL, between
 * the removal and its line in the location log. Arguments: the repository, the text of the key.
 */
import { LocalRepositoryNode } from '../../src/nodes/index.ts';
import { Repository } from '../../src/repository/index.ts';
import { keyOf } from './keys-and-contents.ts';

const [directory = '', keyText = ''] = process.argv.slice(2);
const repository = await Repository.open(directory);
repository.branch.change = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};
const node = new LocalRepositoryNode(repository, { name: 'dying', cost: 0 });
await node.remove(keyOf(keyText), { signal: new AbortController().signal });
