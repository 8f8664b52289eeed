import { decodeText } from '../../units/index.ts';

/** Longest text between two NULs; git refuses longer paths itself. */
const textBytesMax = 1024 * 1024;

/** The texts that a program with `-z` prints, each ended by a NUL. */
export async function* nulSeparated(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<string, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      yield decodeText(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > textBytesMax) throw new RangeError('git printed a name without an end');
  }
}
