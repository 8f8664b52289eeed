import { afterEach, beforeAll, describe } from 'vitest';
import type { PeerConnection, StorageNode } from '../../../src/nodes/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
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

/** One repository for all tests of a server, since a server of git-annex takes its time to start. */
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

describe.skipIf(!hasGitAnnex)('over HTTP, against git annex p2phttp', () => {
  let served: Served | undefined;
  beforeAll(async () => {
    const { folder, port } = await realServer();
    const at = annexCopy(folder);
    served = { ...at, connect: () => httpPeer(port, at.uuid) };
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
});
