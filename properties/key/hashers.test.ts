import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashNames, makePureHasher, type Hasher, type MakeHasher } from '../../src/key/index.ts';
import { loadNativeHasher } from '../../src/nodes/index.ts';
import { check } from '../settings.ts';

const makeNativeHasher = await loadNativeHasher();

/** Lengths of pieces: of nothing, of less than a block, of blocks and stripes, of windows. */
const pieceBytes = fc.oneof(
  fc.nat({ max: 3 }),
  fc.nat({ max: 1100 }),
  fc.constantFrom(31, 32, 63, 64, 65, 127, 128, 384, 448, 512, 896, 1024),
  fc.nat({ max: 40_000 }),
);

/** A content in pieces, each at an odd place of a buffer at times, as the network has them. */
const contents = fc
  .record({ lengths: fc.array(pieceBytes, { maxLength: 6 }), seed: fc.integer() })
  .map(({ lengths, seed }) => lengths.map((length, index) => pieceOf(length, seed + index)));

function pieceOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length + 1);
  let value = seed | 1;
  for (let at = 0; at < bytes.length; at += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = value >>> 24;
  }
  return bytes.subarray(1);
}

function hasherOf(makeHasher: MakeHasher, hash: string): Hasher {
  const hasher = makeHasher(hash);
  if (hasher === undefined) throw new Error(`no hasher for ${hash}`);
  return hasher;
}

function digestOf(makeHasher: MakeHasher, hash: string, pieces: readonly Uint8Array[]): string {
  const hasher = hasherOf(makeHasher, hash);
  for (const piece of pieces) hasher.update(piece);
  return hasher.digestHex();
}

test.each(hashNames)('however it is cut, a content has one digest, by every hasher: %s', (hash) => {
  check(
    fc.property(contents, (pieces) => {
      const whole = digestOf(makePureHasher, hash, [Buffer.concat(pieces)]);

      expect(digestOf(makePureHasher, hash, pieces)).toBe(whole);
      expect(digestOf(makeNativeHasher, hash, pieces)).toBe(whole);
    }),
    25,
  );
});

test.each(hashNames)('contents hashed at the same time do not touch each other: %s', (hash) => {
  check(
    fc.property(fc.array(contents, { minLength: 2, maxLength: 4 }), (all) => {
      for (const makeHasher of [makePureHasher, makeNativeHasher]) {
        const running = all.map((pieces) => ({ pieces, hasher: hasherOf(makeHasher, hash) }));
        const rounds = Math.max(...all.map((pieces) => pieces.length));
        for (let round = 0; round < rounds; round += 1) {
          for (const { pieces, hasher } of running) {
            const piece = pieces[round];
            if (piece !== undefined) hasher.update(piece);
          }
        }

        expect(running.map(({ hasher }) => hasher.digestHex())).toEqual(
          all.map((pieces) => digestOf(makeHasher, hash, pieces)),
        );
      }
    }),
    8,
  );
});

test('what a caller does with a piece afterwards changes nothing', () => {
  check(
    fc.property(fc.constantFrom(...hashNames), contents, (hash, pieces) => {
      const expected = digestOf(makeNativeHasher, hash, pieces);
      const hasher = hasherOf(makeNativeHasher, hash);
      for (const piece of pieces) {
        const copy = piece.slice();
        hasher.update(copy);
        copy.fill(0);
      }

      expect(hasher.digestHex()).toBe(expected);
    }),
    60,
  );
});
