import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StorageNode } from '../../src/nodes/index.ts';
import {
  annexCopy,
  ballastServer,
  empty,
  httpPeer,
  nodeOf,
  shellPeer,
} from '../../test/nodes/peer/servers.ts';
import { hasGitAnnex } from '../../test/support/git-annex.ts';
import { collect, sha256Key, temporaryDirectory } from '../../test/support/objects.ts';
import { checkAsync } from '../settings.ts';

const never = new AbortController().signal;

/** An upload in pieces that is given up after some of them, or not at all. */
interface Attempt {
  readonly pieceBytes: number;
  readonly stopsAfter: number;
  readonly bytes: 'keep' | 'delete';
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  pieceBytes: fc.integer({ min: 1, max: 90_000 }),
  stopsAfter: fc.nat({ max: 8 }),
  bytes: fc.constantFrom('keep', 'delete'),
});

/** Uploads that are given up, a whole one, and what the node then has. */
async function checkUploads(node: StorageNode, content: Buffer, attempts: readonly Attempt[]) {
  const key = sha256Key(content);
  for (const each of [...attempts, undefined]) {
    expect(await node.has(key)).toBe(false);
    const deposit = await node.put(key, {
      sizeBytes: content.length,
      waitMs: 10_000,
      signal: never,
    });
    if (deposit === 'present') throw new Error('it was never committed');
    await deposit.start(0);
    const { pieceBytes, stopsAfter, bytes } = each ?? {
      pieceBytes: 65_536,
      stopsAfter: Infinity,
      bytes: 'keep',
    };
    let pieces = 0;
    for (let at = 0; at < content.length && pieces < stopsAfter; at += pieceBytes) {
      await deposit.write(content.subarray(at, at + pieceBytes));
      pieces += 1;
    }
    if (each === undefined) await deposit.commit();
    else await deposit.abandon(bytes);
  }
  const from = Math.floor(content.length / 3);
  const got = await node.get(key, from);
  if (got === undefined) throw new Error('absent');
  expect(got.sizeBytes).toBe(content.length);
  expect((await collect(got.stream)).equals(content.subarray(from))).toBe(true);
}

const uploads = [
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.integer({ min: 1, max: 8000 }),
  fc.array(attempt, { maxLength: 3 }),
] as const;

interface Served {
  readonly directory: string;
  readonly node: StorageNode;
}

/** @param runs few, where each attempt that is given up costs the start of a program. */
function describeUploads(name: string, runs: number, start: () => Promise<Served>): void {
  let served: Served | undefined;
  beforeAll(async () => {
    served = await start();
  });

  it(`${name} has just what was sent, after any number of uploads given up anywhere`, async () => {
    await checkAsync(
      fc.asyncProperty(...uploads, async (pattern, repeats, attempts) => {
        if (served === undefined) throw new Error('nothing is served');
        empty(served.directory);
        const content = Buffer.alloc(pattern.length * repeats, pattern);
        await checkUploads(served.node, content, attempts);
      }),
      runs,
    );
    expect(served).toBeDefined();
  });
}

describe('over HTTP', () => {
  describeUploads('ballast', 20, async () => {
    const { port, uuid, directory } = await ballastServer();
    return { directory, node: nodeOf(httpPeer(port, uuid), uuid) };
  });
});

describe.skipIf(!hasGitAnnex)('over a child process', () => {
  describeUploads('git-annex-shell', 10, () => {
    const at = annexCopy(temporaryDirectory());
    return Promise.resolve({ directory: at.directory, node: nodeOf(shellPeer(at), at.uuid) });
  });
});
