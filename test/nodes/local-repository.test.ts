import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  LocalRepositoryNode,
  NodeUnavailableError,
  type StorageNode,
} from '../../src/nodes/index.ts';
import {
  createRepository,
  locationLogPath,
  ownDisk,
  presentIn,
  Repository,
  thisMachine,
} from '../../src/repository/index.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { keyOf, temporaryDirectory } from '../support/objects.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { hashDirectoryLower, keyFile } from '../../src/key/index.ts';
import { describeStorageNode } from './storage-node-suite.ts';

const never = new AbortController().signal;

const opened: Repository[] = [];
it('does not remove after the time, even if it had to wait for a lock until then', async () => {
  const directory = join(temporaryDirectory(), 'here.git');
  const node = await bare(directory);
  const key = keyOf('WORM-s3--locked elsewhere');
  const deposit = await node.put(key, { sizeBytes: 3, waitMs: 1000, signal: never });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(Buffer.from('abc'));
  await deposit.commit();
  const path = join(
    directory,
    'annex/objects',
    hashDirectoryLower(key),
    keyFile(key),
    keyFile(key),
  );
  const elsewhere = await thisMachine.locks.lock(`${path}.lck`, 'exclusive', {
    disk: ownDisk,
    create: true,
    timeoutMs: 0,
  });

  const beforeSeconds = (await node.clockSeconds()) + 1;
  const removing = node.remove(key, { beforeSeconds, signal: never });
  while ((await node.clockSeconds()) < beforeSeconds) await delay(20);
  elsewhere.release();

  expect(await removing).toBe('late');
  expect(await node.has(key)).toBe(true);
});

it('has its own log say that it has a content, before a commit of it settles', async () => {
  const node = await bare();
  const key = keyOf('WORM-s3--recorded');
  const deposit = await node.put(key, { sizeBytes: 3, waitMs: 1000, signal: never });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(Buffer.from('abc'));
  await deposit.commit();

  const log = await opened.at(-1)?.branch.read(locationLogPath(key));
  expect(presentIn(log ?? '')).toEqual([node.uuid]);
});

afterEach(async () => {
  for (const repository of opened.splice(0)) await repository.close();
});

async function open(directory: string): Promise<StorageNode> {
  const repository = await Repository.open(directory);
  opened.push(repository);
  return new LocalRepositoryNode(repository, { name: 'here', cost: 100 });
}

const templates = temporaryDirectory();

/** A new repository, copied from one that is made once. */
async function bare(directory = join(temporaryDirectory(), 'here.git')): Promise<StorageNode> {
  const template = join(templates, 'bare');
  if (!existsSync(template)) {
    await createRepository(template, { uuid: imaginaryUuid(1), branch: [] });
  }
  cpSync(template, directory, { recursive: true });
  return await open(directory);
}

function withWorkTree(): Promise<StorageNode> {
  const template = join(templates, 'tree');
  if (!existsSync(template)) {
    git('.', 'init', '-q', template);
    git(template, 'config', 'annex.uuid', imaginaryUuid(1));
    git(template, 'config', 'annex.version', '10');
  }
  const directory = join(temporaryDirectory(), 'here');
  cpSync(template, directory, { recursive: true });
  return open(directory);
}

describeStorageNode('a bare repository', { make: () => bare() });
describeStorageNode('a repository with a work tree', { make: withWorkTree });

describe('a repository that is gone', () => {
  it('cannot be asked: no verb takes that for an answer, and nothing is made there', async () => {
    const directory = join(temporaryDirectory(), 'here.git');
    const node = await bare(directory);
    renameSync(directory, `${directory}.away`);
    const key = keyOf('X--y');

    for (const asked of [
      () => node.has(key),
      () => node.get(key, 0),
      () => node.put(key, { sizeBytes: 1, waitMs: 1000, signal: never }),
      () => node.remove(key, { signal: never }),
      () => node.lock(key),
    ]) {
      await expect(asked()).rejects.toThrow(NodeUnavailableError);
      await expect(asked()).rejects.toThrow('node here is not available');
    }
    // The new directory of that name proves that there was none.
    renameSync(`${directory}.away`, directory);
    expect(await node.has(key)).toBe(false);
  });

  it('is not mistaken for another one that stands in its place', async () => {
    const directory = join(temporaryDirectory(), 'here.git');
    const node = await bare(directory);
    renameSync(directory, `${directory}.away`);
    await createRepository(directory, { uuid: imaginaryUuid(2), branch: [] });
    try {
      await expect(node.has(keyOf('X--y'))).rejects.toThrow(NodeUnavailableError);
      await expect(node.remove(keyOf('X--y'), { signal: never })).rejects.toThrow(
        NodeUnavailableError,
      );
    } finally {
      rmSync(directory, { recursive: true });
      renameSync(`${directory}.away`, directory);
    }
  });
});
