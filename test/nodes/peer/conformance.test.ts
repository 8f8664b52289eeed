import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PeerConnection, StorageNode } from '../../../src/nodes/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import {
  annexCopy,
  ballastServer,
  empty,
  httpPeer,
  nodeOf,
  realServer,
  shellPeer,
} from './servers.ts';

const resume = 'a peer does not hand out what it kept of an upload, so that nobody could verify it';

/**
 * One repository for all tests of a server, since a server of git-annex takes its time to start.
 */
interface Served {
  readonly directory: string;
  readonly uuid: Uuid;
  readonly connect: () => PeerConnection;
}

let peers: PeerConnection[] = [];

afterEach(async () => {
  for (const peer of peers) await peer.close();
  peers = [];
});

function emptyNode(served: Served | undefined): StorageNode {
  if (served === undefined) throw new Error('nothing is served');
  empty(served.directory);
  const peer = served.connect();
  peers.push(peer);
  return nodeOf(peer, served.uuid);
}

describe('over HTTP, against ballast', () => {
  let served: Served | undefined;
  beforeAll(async () => {
    const { port, ...at } = await ballastServer();
    served = { ...at, connect: () => httpPeer(port, at.uuid) };
  });
  describeStorageNode('a peer', { make: () => emptyNode(served), cannot: { resume } });
});

// One content in some hundreds never gets its last part from this server (spec/p2p-http.md section
// 5).
const stalls = { retry: 3 };

describe.skipIf(!hasGitAnnex)('over HTTP, against git annex p2phttp', stalls, () => {
  let served: Served | undefined;
  beforeAll(async () => {
    const { folder, port } = await realServer();
    const at = annexCopy(folder);
    served = { ...at, connect: () => httpPeer(port, at.uuid, { idleMs: 5000 }) };
  });
  const lock = 'the reference server does not answer a removal of a locked key';
  const readRemoved = 'the reference server takes back the last byte of a content that was removed';
  describeStorageNode('a peer', {
    make: () => emptyNode(served),
    cannot: { resume, lock, readRemoved },
  });
});

describe.skipIf(!hasGitAnnex)('over a child process, against git-annex-shell', () => {
  let served: Served | undefined;
  beforeAll(() => {
    const at = annexCopy(temporaryDirectory());
    served = { ...at, connect: () => shellPeer(at) };
  });
  const lock = 'git-annex-shell ends at a removal of a locked key';
  const readRemoved = 'git-annex-shell calls a content invalid that was removed while it was read';
  const newline = 'a line cannot hold it';
  describeStorageNode('a peer', {
    make: () => emptyNode(served),
    cannot: { resume, lock, readRemoved, newline },
  });

  it('locks a content, whose removal then is an error that says so', async () => {
    const node = emptyNode(served);
    const content = Buffer.from('locked');
    const key = sha256Key(content);
    const signal = new AbortController().signal;
    const deposit = await node.put(key, { sizeBytes: 6, waitMs: 1000, signal });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await deposit.commit();
    const lock = await node.lock(key);
    await expect(node.remove(key, { signal })).rejects.toThrow('content is locked');
    expect(await node.has(key)).toBe(true);
    await lock?.release();
    expect(await node.remove(key, { signal })).toBe('removed');
  });
});
