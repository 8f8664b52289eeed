import fc from 'fast-check';
import { parseKey, serializeKey, type Key } from '../../src/key/index.ts';
import { decodeText } from '../../src/units/index.ts';

/** Any bytes as text, valid UTF-8 more often than not. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 24 }).map((bytes) => decodeText(bytes)) },
);

const backends = fc.constantFrom('SHA256E', 'SHA256', 'WORM', 'URL', 'XBLAKE3', 'VURL', 'SHA1');

/** Sizes as in fields: none, small ones, the edges of 32, 53 and 64 bits. */
const sizesBytes: fc.Arbitrary<bigint | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.bigInt({ min: 0n, max: 300n }),
  fc.constantFrom(2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n, 10n ** 30n),
);

/** Keys of every shape, with names of any bytes. */
export const keys: fc.Arbitrary<Key> = fc.record({
  backend: backends,
  sizeBytes: sizesBytes,
  mtime: sizesBytes,
  chunkSizeBytes: sizesBytes,
  chunkNumber: sizesBytes,
  name: texts,
});

/** Small keys as stored in an annex: a size of 0 to 30 bytes or none. */
export const smallKeys: fc.Arbitrary<{ key: Key; keyText: string }> = fc
  .record({
    backend: fc.constantFrom('SHA256E', 'WORM'),
    size: fc.option(fc.nat({ max: 30 })),
    name: fc.stringMatching(/^[a-z0-9]{1,6}$/),
  })
  .map(({ backend, size, name }) => {
    const keyText = `${backend}${size === null ? '' : `-s${size}`}--${name}`;
    const key = parseKey(keyText);
    if (key === undefined || serializeKey(key) !== keyText) throw new Error(`no key: ${keyText}`);
    return { key, keyText };
  });
