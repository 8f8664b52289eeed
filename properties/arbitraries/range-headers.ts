import fc from 'fast-check';

/** Numbers around a size, and far beyond any. */
function byteAround(sizeBytes: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: sizeBytes + 2 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('0', '00', '9007199254740993', '9'.repeat(400)) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(String(sizeBytes), String(Math.max(0, sizeBytes - 1))),
    },
  );
}

/** Range headers for a content of some size: sound ones, odd ones, and no ranges at all. */
export function rangeHeaders(sizeBytes: number): fc.Arbitrary<string> {
  const byte = byteAround(sizeBytes);
  const one = fc.oneof(
    fc.tuple(byte, byte).map(([first, last]) => `${first}-${last}`),
    byte.map((first) => `${first}-`),
    byte.map((length) => `-${length}`),
  );
  return fc.oneof(
    { weight: 8, arbitrary: one.map((range) => `bytes=${range}`) },
    { weight: 1, arbitrary: one.map((range) => `Bytes= ${range} ,`) },
    { weight: 1, arbitrary: fc.tuple(one, one).map(([a, b]) => `bytes=${a},${b}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'lines=0-1', '0-1'),
    },
  );
}
