import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LinePeer, type PeerConnection } from '../../../src/nodes/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { relayTo, type Relay } from './relay.ts';
import { annexCopy, ballastServer, client, closedAtEnd, httpPeer, ofTests } from './servers.ts';

/** Asks as many questions at once. */
async function askAtOnce(peer: PeerConnection, count: number): Promise<void> {
  const questions = Array.from({ length: count }, () => peer.ask({ verb: 'getTimestamp' }));
  for (const reply of await Promise.all(questions)) expect(reply.kind).toBe('timestamp');
}

describe('connections to a peer over http', () => {
  const asked = async (
    limits: Parameters<typeof httpPeer>[2],
  ): Promise<{ relay: Relay; ask: () => Promise<void> }> => {
    const { port, uuid } = await ballastServer();
    const relay = await relayTo(port);
    const peer = httpPeer(relay.port, uuid, limits);
    return { relay, ask: () => askAtOnce(peer, 6) };
  };

  it.each([0, 2])('are kept while there is nothing to do up to a number: %d', async (kept) => {
    const { relay, ask } = await asked({ idleConnectionsMax: kept });
    await ask();
    expect(relay.mostOpen()).toBe(6);
    await vi.waitFor(() => expect(relay.open()).toBe(kept));
    await ask();
    await vi.waitFor(() => expect(relay.open()).toBe(kept));
  });

  it('are all kept unless told otherwise, and never more than are allowed', async () => {
    const { relay, ask } = await asked({ connectionsMax: 3 });
    await ask();
    await ask();
    expect([relay.mostOpen(), relay.open()]).toEqual([3, 3]);
  });

  it('serve more questions than there may be connections, some of them kept', async () => {
    const { relay, ask } = await asked({ connectionsMax: 3, idleConnectionsMax: 1 });
    await ask();
    await vi.waitFor(() => expect(relay.open()).toBe(1));
    // Not three: one that closes may still be open when the next one opens.
    expect(relay.mostOpen()).toBeLessThan(6);
  });
});

describe.skipIf(!hasGitAnnex)('sessions with a peer behind a program', () => {
  it.each([
    [0, 6],
    [1, 5],
    [8, 3],
  ])('are kept up to %d, so that two times three questions take %d', async (kept, sessions) => {
    const { directory, uuid } = annexCopy(temporaryDirectory());
    const log = join(temporaryDirectory(), 'log');
    writeFileSync(log, '');
    const words = ['-c', 'echo begun >> "$0"; exec git-annex-shell "$@"', log];
    const shell = ['p2pstdio', directory, client, '--uuid', uuid];
    const command = { program: 'sh', words: [...words, ...shell], env: ofTests() };
    const limits = { idleConnectionsMax: kept };
    const peer = closedAtEnd(new LinePeer({ command, server: uuid, client, limits }));
    await askAtOnce(peer, 3);
    await askAtOnce(peer, 3);
    expect(readFileSync(log, 'utf8')).toBe('begun\n'.repeat(sessions));
  });
});
