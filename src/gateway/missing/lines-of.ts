import type { OpenFile } from '../../repository/index.ts';

/** More than any line of ours: a key of 4 kB, each byte of it an escape of six, and the rest. */
const lineBytesMax = 32 * 1024;

/** Read at once, bytes. */
const pieceBytes = 64 * 1024;

/**
 * The lines of the first bytes of a file, which its opener closes. `undefined` for one that is longer
 * than any may be, and for a last one without a line end: it was not written whole.
 */
export async function* wholeLines(
  file: OpenFile,
  sizeBytes: number,
): AsyncGenerator<string | undefined, void, undefined> {
  let rest = '';
  let isTooLong = false;
  for await (const piece of piecesOf(file, sizeBytes)) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (isTooLong || line !== '') yield isTooLong ? undefined : line;
      isTooLong = false;
    }
    if (rest.length > lineBytesMax) {
      rest = '';
      isTooLong = true;
    }
  }
  if (isTooLong || rest !== '') yield undefined;
}

async function* piecesOf(
  file: OpenFile,
  sizeBytes: number,
): AsyncGenerator<string, void, undefined> {
  const buffer = Buffer.alloc(Math.min(pieceBytes, sizeBytes));
  for (let position = 0; position < sizeBytes; ) {
    const wanted = buffer.subarray(0, sizeBytes - position);
    const count = await file.read(wanted, position);
    if (count === 0) return;
    position += count;
    yield buffer.toString('latin1', 0, count);
  }
}
