import { describe, expect, it } from 'vitest';
import { NodePool } from '../../../src/gateway/nodes/node-pool.ts';
import { GitConfig, thisMachine } from '../../../src/repository/index.ts';
import type { StorageNode } from '../../../src/nodes/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { collect, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { atEnd, ballastServer, httpPeer, nodeOf } from './servers.ts';

const signal = new AbortController().signal;
const content = Buffer.alloc(4 * 1024 * 1024, 'content');
const key = sha256Key(content);

async function begun(node: StorageNode, of = key, bytes = content) {
  const deposit = await node.put(of, { sizeBytes: bytes.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  return deposit;
}

async function store(node: StorageNode): Promise<void> {
  const deposit = await begun(node);
  await deposit.write(content);
  await deposit.commit();
}

/** Everything that a node may be in the middle of, and that it ends well. */
async function underWay(node: StorageNode): Promise<() => Promise<void>> {
  const other = Buffer.from('another content');
  const upload = await begun(node, sha256Key(other), other);
  const download = await node.get(key, 0);
  const lock = await node.lock(key);
  if (download === undefined || lock === undefined) throw new Error('absent');
  return async () => {
    await upload.write(other);
    await upload.commit();
    expect((await collect(download.stream)).equals(content)).toBe(true);
    await lock.release();
  };
}

it('a peer whose settings have changed ends what it is in the middle of', async () => {
  const { port, uuid } = await ballastServer();
  const directory = temporaryDirectory();
  git('.', 'init', '-q', '--bare', directory);
  git(directory, 'config', 'annex.uuid', imaginaryUuid(9));
  git(directory, 'config', 'remote.there.annex-uuid', uuid);
  const pool = new NodePool({
    system: thisMachine,
    directory,
    answerMs: 30_000,
    lockRenewMs: 180_000,
    onProblem: () => undefined,
  });
  atEnd(async () => void (await pool.close()));
  const nodeAt = async (host: string): Promise<StorageNode> => {
    git(directory, 'config', 'remote.there.annexUrl', `annex+http://${host}:${port}/git-annex/`);
    const node = await pool.node(
      'there',
      await GitConfig.read(directory, thisMachine.configurations),
    );
    if (node === undefined) throw new Error('no node');
    return node;
  };
  const replaced = await nodeAt('127.0.0.1');
  await store(replaced);
  const end = await underWay(replaced);

  const node = await nodeAt('127.1.1.1');

  expect(node).not.toBe(replaced);
  await end();
  const stored = sha256Key(Buffer.from('another content'));
  expect(await nodeOf(httpPeer(port, uuid), uuid).has(stored)).toBe(true);
});

describe('a peer that is drained', () => {
  it('closes when all has ended, and not before', async () => {
    const { port, uuid } = await ballastServer();
    const node = nodeOf(httpPeer(port, uuid), uuid);
    await store(node);
    const end = await underWay(node);
    let isClosed = false;

    const drained = node.drain(0).then(() => {
      isClosed = true;
    });

    expect(await node.has(key)).toBe(true);
    expect(isClosed).toBe(false);
    await end();
    await drained;
    await expect(node.has(key)).rejects.toBeInstanceOf(Error);
  });
});
