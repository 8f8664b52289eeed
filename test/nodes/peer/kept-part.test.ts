import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import type { StorageNode } from '../../../src/nodes/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { collect, keyOf, temporaryDirectory } from '../../support/objects.ts';
import { annexCopy, nodeOf, shellPeer } from './servers.ts';

const signal = new AbortController().signal;
const content = Buffer.from('the content');

/** A peer that keeps bytes of an interrupted upload of a key. */
function peerThatKept(name: string, bytes: string): { node: StorageNode; key: Key; path: string } {
  const at = annexCopy(temporaryDirectory());
  const tmp = join(at.directory, 'annex', 'tmp');
  mkdirSync(tmp, { recursive: true });
  const path = join(tmp, name);
  writeFileSync(path, bytes);
  return { node: nodeOf(shellPeer(at), at.uuid), key: keyOf(name), path };
}

async function store(node: StorageNode, key: Key): Promise<void> {
  const deposit = await node.put(key, { sizeBytes: content.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

describe.skipIf(!hasGitAnnex)('what a peer behind git-annex-shell kept of an upload', () => {
  it.each([0, 1, 9, 10, 11, 12])(
    'is not gone on with for a key without a hash, where it is %i bytes',
    async (length) => {
      const { node, key } = peerThatKept(`WORM-s${content.length}-m1--f`, 'x'.repeat(length));

      await store(node, key);

      const got = await node.get(key, 0);
      if (got === undefined) throw new Error('absent');
      expect((await collect(got.stream)).toString()).toBe('the content');
    },
  );

  it('stays, and is told of, for a key that has no size either', async () => {
    const { node, key, path } = peerThatKept('URL--x', 'xxx');

    await expect(store(node, key)).rejects.toThrow('nothing tells whether that is of this content');

    expect(existsSync(path)).toBe(true);
    expect(await node.has(key)).toBe(false);
  });
});
