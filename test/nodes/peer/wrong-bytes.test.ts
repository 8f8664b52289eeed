import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keyFile, type Key } from '../../../src/key/index.ts';
import { LinePeer, type PeerConnection, type StorageNode } from '../../../src/nodes/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { collect, keyOf, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import {
  annexCopy,
  ballastServer,
  client,
  closedAtEnd,
  httpPeer,
  nodeOf,
  ofTests,
  realServer,
  shellPeer,
} from './servers.ts';

const signal = new AbortController().signal;
const content = Buffer.alloc(1000, 'right');
const wrong = Buffer.alloc(1000, 'wrong');

interface Place {
  readonly directory: string;
  readonly uuid: Uuid;
}

/** A repository that a peer serves. */
interface Peer extends Place {
  readonly node: StorageNode;
}

const kinds: Readonly<Record<string, () => Promise<Peer>>> = {
  'ballast over HTTP': async () => {
    const { port, ...at } = await ballastServer();
    return peerOf(at, httpPeer(port, at.uuid));
  },
  'ballast over lines': () => {
    const at = annexCopy(temporaryDirectory());
    const program = fileURLToPath(new URL('../../../dist/ballast.js', import.meta.url));
    const words = ['--no-warnings', program, 'shell', 'p2pstdio', at.directory, client];
    const command = { program: process.execPath, words, env: ofTests() };
    return peerOf(at, closedAtEnd(new LinePeer({ command, server: at.uuid, client })));
  },
  'git annex p2phttp': async () => {
    const server = await realServer();
    const at = annexCopy(server.folder);
    return peerOf(at, httpPeer(server.port, at.uuid));
  },
  'git-annex-shell': () => {
    const at = annexCopy(temporaryDirectory());
    return peerOf(at, shellPeer(at));
  },
};

function peerOf(at: Place, connection: PeerConnection): Promise<Peer> {
  return Promise.resolve({ ...at, node: nodeOf(connection, at.uuid) });
}

/** What came of uploads before: bytes that are right or not, of which the peer keeps some. */
const histories: Readonly<Record<string, (peer: Peer, key: Key) => Promise<void>>> = {
  'a whole that was wrong': (peer, key) => send(peer, key, { bytes: wrong, end: 'delete' }),
  'half of a wrong one': (peer, key) => send(peer, key, { bytes: wrong.subarray(0, 500) }),
  'all but the last byte of a wrong one': (peer, key) => keep(peer, key, wrong.subarray(1)),
  'half of the right one': (peer, key) => send(peer, key, { bytes: content.subarray(0, 500) }),
  'one that is as long': (peer, key) => keep(peer, key, wrong),
  'one that is longer': (peer, key) => keep(peer, key, Buffer.concat([content, wrong])),
};

async function send(
  { node }: Peer,
  key: Key,
  how: { readonly bytes: Uint8Array; readonly end?: 'delete' },
): Promise<void> {
  const deposit = await node.put(key, { sizeBytes: content.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(how.bytes);
  await deposit.abandon(how.end ?? 'keep');
}

/** Somebody else's upload to the peer itself was interrupted. */
function keep({ directory }: Peer, key: Key, bytes: Uint8Array): Promise<void> {
  mkdirSync(join(directory, 'annex/tmp'), { recursive: true });
  writeFileSync(join(directory, 'annex/tmp', keyFile(key)), bytes);
  return Promise.resolve();
}

async function store({ node }: Peer, key: Key): Promise<void> {
  const deposit = await node.put(key, { sizeBytes: content.length, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

function keptBytes({ directory }: Peer): number {
  const tmp = join(directory, 'annex/tmp');
  const names = existsSync(tmp) ? readdirSync(tmp) : [];
  return names.reduce((bytes, name) => bytes + statSync(join(tmp, name)).size, 0);
}

describe.skipIf(!hasGitAnnex).for(Object.keys(kinds))('%s', (kind) => {
  it('stores the right bytes after any wrong ones at the first try, and keeps none of these', async () => {
    const peer = await (kinds[kind]?.() ?? Promise.reject(new Error(kind)));
    const [hash, worm] = [sha256Key(content), keyOf('WORM-s1000-m1--f')];
    for (const [what, before] of Object.entries(histories)) {
      const key = what.includes('half of a wrong') ? worm : hash;
      await before(peer, key);
      expect(what.includes('whole') ? keptBytes(peer) : 0).toBe(0);
      await store(peer, key);

      const got = await peer.node.get(key, 0);
      const stored = got === undefined ? undefined : await collect(got.stream);
      expect(stored?.equals(content), `${key.backend} after ${what}`).toBe(true);
      expect(await peer.node.remove(key, { signal })).toBe('removed');
      expect(keptBytes(peer)).toBe(0);
    }
  });
});
