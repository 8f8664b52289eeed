import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import {
  keyName,
  repositoryUuid,
  simulatorNamespace,
} from '../../src/simulation/random/identities.ts';
import { blobOf, Randomness } from '../../src/simulation/random/randomness.ts';
import { SplitMix, unsignedWord } from '../../src/simulation/random/split-mix.ts';
import { readGolden } from '../golden/read-golden.ts';

interface RecordedSeed {
  readonly seed: string;
  readonly state: string;
  readonly gamma: string;
  readonly words: readonly string[];
  readonly seed_after_no_draw: string;
  readonly coin: { readonly value: boolean; readonly next_seed: string };
  readonly ranges: readonly { lo: number; hi: number; value: number; next_seed: string }[];
  readonly blob: { sha256: string; first8: string; last8: string; next_seed: string };
  readonly uuid_for_init_foo: string;
  readonly key_for_add_1000: string;
}

const recorded: { namespace_uuid: string; seeds: RecordedSeed[] } = JSON.parse(
  readGolden('sim-rng.json'),
);

describe.each(recorded.seeds)('from seed $seed, as git-annex does,', (expected) => {
  const seed = BigInt(expected.seed);

  test('draws words', () => {
    const generator = new SplitMix();
    const randomness = new Randomness(seed);
    const { high, low } = randomness.mark();
    generator.start(high, low);
    const inner = generator.inner();
    const words = expected.words.map(() => {
      generator.next();
      return String(unsignedWord(generator.high, generator.low));
    });

    expect({ state: String(inner.state), gamma: String(inner.gamma), words }).toEqual({
      state: expected.state,
      gamma: expected.gamma,
      words: expected.words,
    });
  });

  test('makes decisions, each with the seed after it', () => {
    const coin = new Randomness(seed);
    const value = coin.coin();
    const ranges = expected.ranges.map(({ lo, hi }) => {
      const randomness = new Randomness(seed);
      const drawn = randomness.between(BigInt(lo), BigInt(hi));
      return { lo, hi, value: Number(drawn), next_seed: String(randomness.seed) };
    });

    expect({ value, next_seed: String(coin.seed) }).toEqual(expected.coin);
    expect(ranges).toEqual(expected.ranges);
  });

  test('makes a blob, a UUID and a key, and skips the blob to the same seed', () => {
    const randomness = new Randomness(seed);
    const mark = randomness.mark();
    const blob = blobOf(mark);
    randomness.skipBlob();

    expect({
      sha256: bytesToHex(sha256(blob)),
      first8: bytesToHex(blob.slice(0, 8)),
      last8: bytesToHex(blob.slice(-8)),
      next_seed: String(randomness.seed),
    }).toEqual(expected.blob);
    expect(repositoryUuid('foo', mark)).toBe(expected.uuid_for_init_foo);
    expect(`SHA256E-s1000--${keyName(mark)}`).toBe(expected.key_for_add_1000);
  });
});

test('names repositories in the namespace of the simulator', () => {
  expect(simulatorNamespace).toBe(recorded.namespace_uuid);
});
