import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PeerNode, type PeerConnection } from '../../../src/nodes/index.ts';
import { ObjectLayout, SizeCheck } from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { collect, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { annexCopy, httpPeer, realServer, shellPeer } from './servers.ts';

const signal = new AbortController().signal;
const content = Buffer.from('the content');
const key = sha256Key(content);

interface Peer {
  readonly node: PeerNode;
  /** How many wrong contents are known, each time that this changes. */
  readonly told: number[];
  readonly object: string;
}

const kinds: Readonly<Record<string, () => Promise<Peer>>> = {
  'git-annex-shell': () => {
    const at = annexCopy(temporaryDirectory());
    return Promise.resolve(peerOf(shellPeer(at), at));
  },
  'git annex p2phttp': async () => {
    const server = await realServer();
    const at = annexCopy(server.folder);
    return peerOf(httpPeer(server.port, at.uuid), at);
  },
};

function peerOf(
  peer: PeerConnection,
  at: { readonly directory: string; readonly uuid: Uuid },
): Peer {
  const told: number[] = [];
  const sizes = new SizeCheck(({ count }) => told.push(count));
  const layout = new ObjectLayout({ gitDirectory: at.directory, isBare: true });
  return {
    node: new PeerNode(peer, { uuid: at.uuid, name: 'peer', cost: 200, sizes }),
    told,
    object: layout.newLocation(key).content.toString(),
  };
}

async function store(node: PeerNode): Promise<void> {
  const deposit = await node.put(key, { sizeBytes: content.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

function become(path: string, bytes: string): void {
  chmodSync(join(path, '..'), 0o755);
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

describe.skipIf(!hasGitAnnex).for(Object.keys(kinds))(
  'an object of another size behind %s',
  (kind) => {
    it('is absent, once it was looked at, until it is right again', async () => {
      const { node, told, object } = await (kinds[kind]?.() ?? Promise.reject(new Error(kind)));
      await store(node);

      become(object, 'short');
      expect(await node.lock(key)).toBeUndefined();
      expect(told).toEqual([1]);
      expect(await node.has(key)).toBe(false);
      await expect(node.put(key, { sizeBytes: 11, waitMs: 1000, signal })).rejects.toThrow(
        'git annex fsck',
      );

      become(object, content.toString());
      expect(await node.has(key)).toBe(true);
      expect(told).toEqual([1, 0]);
      await (await node.lock(key))?.release();

      become(object, 'the content, and more');
      expect(await node.get(key, 0)).toBeUndefined();
      expect(await node.get(key, 5)).toBeUndefined();
      expect(await node.has(key)).toBe(false);
      expect(await node.remove(key, { signal })).toBe('removed');
      expect(existsSync(object)).toBe(false);
      expect(told).toEqual([1, 0, 1, 0]);

      await store(node);
      const got = await node.get(key, 0);
      expect(got === undefined ? got : await collect(got.stream)).toEqual(content);
      await node.close();
    });
  },
);
