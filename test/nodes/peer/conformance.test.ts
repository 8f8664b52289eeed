import { describe } from 'vitest';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import {
  annexCopy,
  ballastServer,
  httpPeer,
  nodeOf,
  realServer,
  shellPeer,
  type RealServer,
} from './servers.ts';

const resume = 'a peer does not hand out what it kept of an upload, so that nobody could verify it';

describeStorageNode('a peer that ballast serves over HTTP', {
  make: async () => {
    const { port, uuid } = await ballastServer();
    return nodeOf(httpPeer(port, uuid), uuid);
  },
  cannot: { resume },
});

describe.skipIf(!hasGitAnnex)('with the real git-annex', () => {
  const neverAnswered = 'the reference server does not answer a removal of a locked key';
  let server: RealServer | undefined;

  describeStorageNode('a peer that git annex p2phttp serves', {
    make: async () => {
      server ??= await realServer();
      const { uuid } = annexCopy(server.folder);
      return nodeOf(httpPeer(server.port, uuid), uuid);
    },
    cannot: { resume, lock: neverAnswered },
  });

  describeStorageNode('a peer behind git-annex-shell', {
    make: () => {
      const repository = annexCopy(temporaryDirectory());
      return nodeOf(shellPeer(repository), repository.uuid);
    },
    cannot: { resume, lock: 'git-annex-shell ends at a removal of a locked key' },
  });
});
