import { isUtf8 } from 'node:buffer';
import { decodeText } from '../../units/index.ts';

/** Longest text between two NULs; git refuses longer paths itself. */
const textBytesMax = 1024 * 1024;

/** The texts that a program with `-z` prints, each ended by a NUL. */
export async function* nulSeparated(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<string, void, undefined> {
  for await (const texts of nulSeparatedBatches(stream)) yield* texts;
}

/** The texts that a program with `-z` prints, each ended by a NUL: as many at once as were read at once. */
export async function* nulSeparatedBatches(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<readonly string[], void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0);
    if (end >= 0) yield textsIn(bytes.subarray(0, end));
    rest = bytes.subarray(end + 1);
    if (rest.length > textBytesMax) throw new RangeError('git printed a name without an end');
  }
}

/** One text at least, as decoding all at once gives them too, and sooner. */
function textsIn(bytes: Buffer): readonly string[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\0');
  const texts: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    texts.push(decodeText(bytes.subarray(start, end)));
    start = end + 1;
  }
  texts.push(decodeText(bytes.subarray(start)));
  return texts;
}
