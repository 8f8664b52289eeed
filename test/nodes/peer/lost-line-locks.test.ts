import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LinePeer, type ContentLock, type StorageNode } from '../../../src/nodes/index.ts';
import type { Key } from '../../../src/key/index.ts';
import { hasGitAnnex } from '../../support/git-annex.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { annexCopy, client, closedAtEnd, empty, nodeOf, ofTests, shellPeer } from './servers.ts';

const signal = new AbortController().signal;
const content = Buffer.from('locked');
const key: Key = sha256Key(content);

/** A locked content behind git-annex-shell, whose sessions can be lost. */
class Held {
  readonly node: StorageNode;
  /** The same repository, asked by somebody else. */
  readonly other: StorageNode;
  readonly #directory: string;
  readonly #pids: string;

  private constructor() {
    const at = annexCopy(temporaryDirectory());
    this.#directory = at.directory;
    this.#pids = join(at.directory, '..', 'pids');
    const words = ['p2pstdio', at.directory, client, '--uuid', at.uuid];
    const noted = `echo $$ >>'${this.#pids}'; exec git-annex-shell "$@"`;
    const command = { program: 'sh', words: ['-c', noted, 'sh', ...words], env: ofTests() };
    this.node = nodeOf(closedAtEnd(new LinePeer({ command, server: at.uuid, client })), at.uuid);
    this.other = nodeOf(shellPeer(at), at.uuid);
  }

  static async lock(): Promise<{ readonly held: Held; readonly lock: ContentLock }> {
    const held = new Held();
    const deposit = await held.other.put(key, { sizeBytes: 6, waitMs: 1000, signal });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await deposit.commit();
    const lock = await held.node.lock(key);
    if (lock === undefined) throw new Error('not locked');
    return { held, lock };
  }

  get sessions(): readonly number[] {
    return readFileSync(this.#pids, 'utf8').split('\n').filter(Boolean).map(Number);
  }

  lose(): void {
    // The first one keeps the lock; by the second one the size was looked at.
    const pid = this.sessions.at(0);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** Takes the content away behind the peer's back. */
  empty(): void {
    empty(this.#directory);
  }
}

describe.skipIf(!hasGitAnnex)('a lock that a session keeps', () => {
  it('is taken again when the session is lost, which ends it', async () => {
    const { held, lock } = await Held.lock();

    held.lose();

    await expect.poll(() => held.sessions.length, { timeout: 10_000 }).toBe(3);
    await lock.leave();
    await expect(held.other.remove(key, { signal })).rejects.toThrow('content is locked');
    await lock.release();
  });

  it('says that it broke when the content is gone then, and when it is left', async () => {
    const { held, lock } = await Held.lock();
    held.empty();

    held.lose();

    const why = 'the content of a lock that ended early is gone';
    expect(await lock.broken).toHaveProperty('message', why);
    await expect(lock.leave()).rejects.toThrow(why);
    await lock.release();
  });

  it('is not taken again when it is released', async () => {
    const { held, lock } = await Held.lock();

    await lock.release();

    expect(await held.other.remove(key, { signal })).toBe('removed');
    expect(await held.node.has(key)).toBe(false);
    expect(held.sessions.length).toBe(2);
  });
});
