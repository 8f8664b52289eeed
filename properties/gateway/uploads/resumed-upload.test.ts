import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { receive, type Received } from '../../../src/gateway/uploads/upload.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { MemoryNode } from '../../../test/nodes/memory-node.ts';
import { imaginaryUuid } from '../../../test/support/branch.ts';
import { sha256Key } from '../../../test/support/objects.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { checkAsync } from '../../settings.ts';

const signal = new AbortController().signal;
const mebibyte = 1024 * 1024;

/** A node that has kept the beginning of an upload. */
function nodeThatKept(key: Key, kept: Buffer): MemoryNode {
  const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'node' });
  node.partials.set(serializeKey(key), kept);
  return node;
}

/** Goes on with an upload; what was verified is committed. */
async function goOn(
  node: MemoryNode,
  key: Key,
  rest: { readonly offsetBytes: number; readonly pieces: readonly Buffer[] },
): Promise<Received['outcome']> {
  const lengthBytes = rest.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { offsetBytes } = rest;
  const sizeBytes = offsetBytes + lengthBytes;
  const deposit = await node.put(key, { sizeBytes, waitMs: 1000, signal });
  if (deposit === 'present') throw new Error('not there yet');
  const body = (async function* () {
    yield* rest.pieces;
  })();
  const upload = { key, associatedFile: undefined, offsetBytes, lengthBytes, body, signal };
  const { outcome, receivers } = await receive(upload, [{ node, deposit }], {
    limits: defaultLimits,
    clock: machineClock,
  });
  for (const receiver of receivers) await receiver.deposit.commit();
  return outcome;
}

function cut(bytes: Buffer, pieceBytes: number): Buffer[] {
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
}

/** Bytes none of which can be mistaken for those elsewhere. */
function contentOf(lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (let at = 0; at + 4 <= lengthBytes; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

it('hashes what was kept while the rest arrives', async () => {
  const content = contentOf(4 * mebibyte);
  const key = sha256Key(content);
  const keptBytes = 2 * mebibyte;
  const node = nodeThatKept(key, content.subarray(0, keptBytes));
  const pieces = cut(content.subarray(keptBytes), 65_536);
  let written = 0;
  node.before = async (step) => {
    if (step === 'write') written += 1;
    if (step !== 'readBack') return;
    while (written < pieces.length) await setImmediate();
  };

  expect(await goOn(node, key, { offsetBytes: keptBytes, pieces })).toBe('verified');

  expect(node.contents.get(serializeKey(key))?.equals(content)).toBe(true);
});

it('stores exactly the contents whose kept and new bytes have the hash', async () => {
  const resumed = fc.record({
    sizeBytes: fc.integer({ min: 1, max: 4 * mebibyte }),
    keptPart: fc.double({ min: 0.01, max: 1, noNaN: true }),
    offsetPart: fc.double({ min: 0.01, max: 1, noNaN: true }),
    pieceBytes: fc.integer({ min: 30_000, max: mebibyte }),
    waits: fc.record({ readBack: fc.nat({ max: 8 }), write: fc.nat({ max: 3 }) }),
    wrongAt: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { nil: undefined }),
  });
  await checkAsync(
    fc.asyncProperty(resumed, async ({ sizeBytes, waits, wrongAt, ...each }) => {
      const content = contentOf(sizeBytes);
      const key = sha256Key(content);
      const sent = Buffer.from(content);
      const wrongByte = wrongAt === undefined ? undefined : Math.floor(wrongAt * sizeBytes);
      if (wrongByte !== undefined) sent.writeUInt8(sent.readUInt8(wrongByte) ^ 1, wrongByte);
      const keptBytes = Math.ceil(each.keptPart * sizeBytes);
      const offsetBytes = Math.ceil(each.offsetPart * keptBytes);
      const node = nodeThatKept(key, Buffer.from(sent.subarray(0, keptBytes)));
      node.before = async (step) => {
        const turns = step === 'readBack' || step === 'write' ? waits[step] : 0;
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      };
      const pieces = cut(sent.subarray(offsetBytes), each.pieceBytes);

      const outcome = await goOn(node, key, { offsetBytes, pieces });

      expect(outcome).toBe(wrongByte === undefined ? 'verified' : 'wrong');
      const stored = node.contents.get(serializeKey(key));
      expect(stored?.equals(content)).toBe(wrongByte === undefined ? true : undefined);
      expect(node.partials.size).toBe(0);
      expect(node.open.size).toBe(0);
    }),
    60,
  );
});
