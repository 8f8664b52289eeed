import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEquivalents, readKeyFacts } from '../../src/annex/key-facts.ts';
import { Allocator } from '../../src/gateway/placing/allocator.ts';
import { serializeKey, type Key } from '../../src/key/index.ts';
import type { Need } from '../../src/expression/index.ts';
import {
  equivalentKeysLogPath,
  LiveConfiguration,
  Repository,
  RepositorySizes,
  setPreferredContent,
  stampOf,
  urlLogPath,
} from '../../src/repository/index.ts';
import { MemoryNode } from '../nodes/memory-node.ts';
import { uuidOf } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { keyOf } from '../support/objects.ts';
import { newDemo, nodeNames, repositoryOf } from '../gateway/served-demo.ts';

let repository: Repository;
let allocator: Allocator;
let cluster: string;
let uuids: string[];

beforeAll(async () => {
  const gateway = repositoryOf(await newDemo(), 'gateway');
  const value = (name: string): string => git(gateway, 'config', name).trim();
  cluster = value('annex.cluster.cluster');
  uuids = nodeNames.map((name) => value(`remote.${name}.annex-uuid`));
  repository = await Repository.open(gateway);
  const live = new LiveConfiguration(repository.branch, repository.config);
  allocator = new Allocator({
    branch: repository.branch,
    sizes: await RepositorySizes.open(repository.branch),
    configuration: () => live.current(),
  });
});
afterAll(() => repository.close());

it('the keys recorded as equivalent to a VURL key are read, and of other keys none', async () => {
  const key = keyOf('VURL--http&c%%example.com%equivalent');
  const known = keyOf(
    'SHA256-s3--ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(await readEquivalents(key, repository.branch)).toEqual([]);
  await record(equivalentKeysLogPath(key), `1 ${serializeKey(known)}`);
  expect(await readEquivalents(key, repository.branch)).toEqual([known]);
  expect(await readEquivalents(known, repository.branch)).toEqual([]);
});

/** Sets what the first node wants; the others want nothing. */
async function firstWants(expression: string): Promise<void> {
  await repository.branch.change([
    {
      path: 'preferred-content.log',
      edit: (text) =>
        uuids.reduce(
          (log, subject, index) =>
            setPreferredContent(log, {
              subject: uuidOf(subject),
              value: index === 0 ? expression : 'nothing',
              now: stampOf(Date.now()),
            }),
          text,
        ),
    },
  ]);
}

async function record(path: string, line: string): Promise<void> {
  await repository.branch.change([{ path, edit: () => `1795356182s ${line}\n` }]);
}

/** Whether the first node is the only one that an upload goes to. */
async function goesToTheFirst(key: Key): Promise<boolean> {
  const placement = await allocator.decide({
    cluster: uuidOf(cluster),
    key,
    associatedFile: 'x',
    nodes: uuids.map((uuid, i) => new MemoryNode({ uuid: uuidOf(uuid), name: `node${i + 1}` })),
    without: new Set(),
  });
  placement.end();
  return placement.kind === 'store' && placement.nodes.join() === uuids[0];
}

describe('an upload goes by', () => {
  it('the urls recorded for its key', async () => {
    await firstWants('url=https://example.org/*');
    const [known, unknown] = [keyOf('WORM-s1--known'), keyOf('WORM-s1--unknown')];
    await record(urlLogPath(known), '1 yt:https://example.org/video');

    expect(await goesToTheFirst(known)).toBe(true);
    expect(await goesToTheFirst(unknown)).toBe(false);
    await record(urlLogPath(known), '0 yt:https://example.org/video');
    expect(await goesToTheFirst(known)).toBe(false);
  });

  it('the keys that a VURL key was found to be', async () => {
    await firstWants('securehash');
    const [secure, insecure] = [keyOf('VURL--secure'), keyOf('VURL--insecure')];
    await record(equivalentKeysLogPath(secure), `1 SHA256E-s1--${'a'.repeat(64)}`);
    await record(equivalentKeysLogPath(insecure), `1 MD5-s1--${'a'.repeat(32)}`);

    expect(await goesToTheFirst(secure)).toBe(true);
    expect(await goesToTheFirst(insecure)).toBe(false);
  });
});

it('what no expression needs is not read at all', async () => {
  const gone = await Repository.open(repositoryOf(await newDemo(), 'gateway'));
  await gone.close();
  const key = keyOf('VURL-s1--x');
  const item = { key, keyText: serializeKey(key), file: 'x' };
  const read = (...needs: readonly Need[]): Promise<unknown> =>
    readKeyFacts(item, new Set(needs), gone.branch);

  await expect(read('fileName', 'keySize', 'repositorySizes')).resolves.toBeDefined();
  for (const need of ['metadata', 'urls', 'equivalentKeys'] as const) {
    await expect(read(need)).rejects.toThrow('closed');
  }
});
