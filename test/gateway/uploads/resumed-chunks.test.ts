import { expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { brokenBody, receive, type Received } from '../../../src/gateway/uploads/upload.ts';
import type { SpecialNode } from '../../../src/nodes/special/index.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { begin, directoryStore, read, specialNode } from '../../nodes/special/special-nodes.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';

const chunk = 1_000_000;
/** Of six chunks, the last of which is not whole. */
const content = Buffer.alloc(5_500_000, 'abcdefghijk');
const key = sha256Key(content);

async function send(
  node: SpecialNode,
  from: number,
  { until = content.length, bytes = content }: { until?: number; bytes?: Buffer } = {},
): Promise<Received['outcome']> {
  const deposit = await begin(node, key);
  // All of it is there at once.
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = from; at < until; at += 65_521) {
      yield await Promise.resolve(bytes.subarray(at, Math.min(until, at + 65_521)));
    }
    if (until < content.length) throw brokenBody('the client is gone');
  }
  const upload = {
    key,
    associatedFile: undefined,
    offsetBytes: from,
    lengthBytes: content.length - from,
    body: body(),
    signal: new AbortController().signal,
  };
  const by = { limits: defaultLimits, clock: thisMachine.clock };
  const { outcome, receivers } = await receive(upload, [{ node, deposit }], by);
  for (const receiver of receivers) await receiver.deposit.commit();
  return outcome;
}

it.each([4_000_000, 3_300_000])(
  'an upload in chunks goes on from byte %i, however far the chunks that are kept are from being hashed',
  async (from) => {
    const node = specialNode({
      store: directoryStore(temporaryDirectory()),
      chunkBytes: BigInt(chunk),
    });
    expect(await send(node, 0, { until: 4_600_000 })).toBe('incomplete');
    expect(await node.offsetBytes(key)).toBe(4_000_000);

    expect(await send(node, from)).toBe('verified');
    expect((await read(node, key)).equals(content)).toBe(true);
  },
);

it('an upload in chunks whose beginning was wrong is begun anew', async () => {
  const node = specialNode({
    store: directoryStore(temporaryDirectory()),
    chunkBytes: BigInt(chunk),
  });
  const wrong = Buffer.from(content).fill('x', 10, 11);
  await send(node, 0, { until: 4_600_000, bytes: wrong });
  expect(await send(node, 4_000_000)).toBe('wrong');
  expect(await node.offsetBytes(key)).toBe(0);
  expect(await send(node, 0)).toBe('verified');
});
