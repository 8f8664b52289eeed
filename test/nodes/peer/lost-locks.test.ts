import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { LockTable } from '../../../src/gateway/stores/lock-table.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { sha256Key } from '../../support/objects.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { atEnd, httpPeer, nodeOf, portOf } from './servers.ts';

const uuid = imaginaryUuid(1);
const key = sha256Key(Buffer.from('content'));

/** A server that counts the locks it gave, of a content that can go, and can lose connections. */
class LockServer {
  given = 0;
  /** Ids of locks that were ended in an exchange of their own. */
  readonly ended: string[] = [];
  hasContent = true;
  readonly #server: Server;
  readonly #kept = new Set<() => void>();

  constructor() {
    this.#server = createServer((request, response) => {
      request.on('error', () => undefined).resume();
      if (request.url?.includes('keeplocked') === true) {
        const id = new URL(request.url, 'http://localhost').searchParams.get('lockid') ?? '';
        let body = '';
        request.on('data', (piece: Buffer) => {
          body += piece.toString();
          if (!body.includes('"unlock":true')) return;
          this.ended.push(id);
          response.end('{"locked":false}');
        });
        this.#kept.add(() => request.socket.destroy());
        return;
      }
      if (request.method === 'GET') {
        // The last byte of the content, as its size is looked at.
        response.setHeader('X-git-annex-data-length', '1').end('t');
        return;
      }
      if (this.hasContent) this.given += 1;
      const answer = this.hasContent
        ? { locked: true, lockid: `l${this.given}` }
        : { locked: false };
      response.end(JSON.stringify(answer));
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    atEnd(async () => {
      this.#server.close();
      this.#server.closeAllConnections();
    });
    return portOf(this.#server.address());
  }

  /** Resolves when so many locks have a connection that keeps them. */
  async keeps(count: number): Promise<void> {
    while (this.#kept.size < count) await setImmediate();
  }

  lose(): void {
    for (const end of this.#kept) end();
  }
}

async function served(limits = {}): Promise<{
  server: LockServer;
  node: ReturnType<typeof nodeOf>;
}> {
  const server = new LockServer();
  return { server, node: nodeOf(httpPeer(await server.listen(), uuid, limits), uuid) };
}

describe('a lock on a peer', () => {
  it('is taken again when its connection is lost, as the peer may have dropped it', async () => {
    const { server, node } = await served();
    expect(await node.lock(key)).toBeDefined();
    await server.keeps(1);
    server.lose();
    while (server.given < 2) await setImmediate();
  });

  it('that was taken again is ended by its ids, all of them', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    server.lose();
    while (server.given < 2) await setImmediate();
    await lock?.release();
    expect(server.ended.sort()).toEqual(['l1', 'l2']);
  });

  it('whose connection is lost while it is let go is ended by its id', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    server.lose();
    await lock?.release();
    // Another may have been taken meanwhile, and is ended with it.
    const given = Array.from({ length: server.given }, (_, index) => `l${index + 1}`);
    expect(server.ended.sort()).toEqual(given);
  });

  it('that cannot be taken again says that it broke', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    server.hasContent = false;
    server.lose();
    expect(await lock?.broken).toHaveProperty(
      'message',
      'the content of a lock that ended early is gone',
    );
  });

  it('is held for ten minutes more when it is left, and when the node is closed', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await lock?.leave();
    expect(server.given).toBe(2);
    await node.close();
    expect(server.given).toBeGreaterThan(2);
  });

  it('whose client is lost is taken once more, to outlive the gateway, and held on', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    expect(lock).toBeDefined();
    const table = new LockTable(defaultLimits, {
      clock: machineClock,
      onProblem: () => expect.unreachable(),
    });
    if (lock === undefined) return;
    const id = table.add(lock);
    table.keep(id);
    await table.leave(id);
    expect([server.given, server.ended]).toEqual([2, []]);
    await table.end(id, 'release');
    expect(server.ended.sort()).toEqual(['l1', 'l2']);
  });

  it('leaves nothing behind that was taken while it was let go, or too often', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    for (let time = 0; time < 6; time += 1) await lock?.renew?.();
    const renewing = lock?.renew?.();
    await lock?.release();
    await renewing;
    const given = Array.from({ length: 8 }, (_, index) => `l${index + 1}`);
    while (server.ended.length < given.length) await setImmediate();
    expect(server.ended.sort()).toEqual(given);
  });

  it('holds on when it cannot be taken once more', async () => {
    const { server, node } = await served();
    const lock = await node.lock(key);
    await server.keeps(1);
    server.hasContent = false;
    await expect(lock?.renew?.()).rejects.toThrow('it does not lock the content once more');
    const holds = setImmediate('holds');
    expect(await Promise.race([lock?.broken, holds])).toBe('holds');
    await lock?.release();
    expect(server.ended).toEqual(['l1']);
  });

  it('is refused when there is no connection that could keep it', async () => {
    const { server, node } = await served({ locksMax: 1 });
    expect(await node.lock(key)).toBeDefined();
    await expect(node.lock(key)).rejects.toThrow('1 locks are held on it already');
    expect(server.given).toBe(1);
  });
});
