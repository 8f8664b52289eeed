import { describe, expect, it } from 'vitest';
import {
  makeEquivalentVerifier,
  makePureHasher,
  makeVerifier,
  parseKey,
  UnverifiableKeyError,
  type Verifier,
} from '../../src/key/index.ts';
import { keyOf } from '../support/keys-and-contents.ts';

function verifierOf(text: string): Verifier {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`no key: ${text}`);
  return makeVerifier(key, makePureHasher);
}

const abc = new TextEncoder().encode('abc');
// "BLAKE3 256" of "abc", from the test vectors of its reference implementation.
const blake3OfAbc = '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85';

describe('a verifier', () => {
  it('takes what comes to the hash of BLAKE3 keys, an extension left aside', () => {
    for (const text of [`BLAKE3_256-s3--${blake3OfAbc}`, `BLAKE3_256E-s3--${blake3OfAbc}.txt`]) {
      const good = verifierOf(text);
      good.update(abc);
      expect(good.matches()).toBe(true);
      const bad = verifierOf(text);
      bad.update(abc.map((byte) => byte ^ 1));
      expect(bad.matches()).toBe(false);
    }
  });

  it.each(['BLAKE3_512-s3--00', 'SHA3_1024E-s3--00', 'SKEIN1024-s3--00', 'MD6-s3--00'])(
    'refuses to judge a key of a hash that is still to come: %s',
    (text) => {
      expect(() => verifierOf(text)).toThrow(UnverifiableKeyError);
    },
  );

  it.each(['WORM-s3-m1--name', 'URL-s3--http&c%%example', 'XBLAKE3-s3--00', 'XXH3-s3--00'])(
    'judges by its size alone a key that says nothing else of its content: %s',
    (text) => {
      const good = verifierOf(text);
      good.update(abc);
      expect(good.matches()).toBe(true);
      const short = verifierOf(text);
      short.update(abc.subarray(1));
      expect(short.matches()).toBe(false);
    },
  );
});

describe('a verifier for a key with equivalents', () => {
  const key = keyOf('VURL-s3--http&c%%example.com%file');
  const right = keyOf(
    'SHA256-s3--ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  const other = keyOf(`SHA256-s3--${'0'.repeat(64)}`);

  it.each([
    ['takes what any of them matches', [other, right], true],
    ['refuses what none of them matches', [other], false],
    ['goes by size when there are none', [], true],
  ])('%s', (_, equivalents, isRight) => {
    const verifier = makeEquivalentVerifier(key, equivalents, makePureHasher);
    verifier.update(abc);
    expect(verifier.matches()).toBe(isRight);
  });

  it('refuses to judge by size when none of them can be verified', () => {
    const make = () => makeEquivalentVerifier(key, [right], () => undefined);
    expect(make).toThrow(UnverifiableKeyError);
  });
});
