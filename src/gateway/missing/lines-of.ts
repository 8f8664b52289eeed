import type { FileHandle } from 'node:fs/promises';

/** More than any line of ours: a key of 4 kB, each byte of it an escape of six, and the rest. */
const lineBytesMax = 32 * 1024;

/**
 * The lines of the first bytes of a file, which is closed at their end. `undefined` for one that is
 * longer than any may be, and for a last one without a line end: it was not written whole.
 */
export async function* linesOf(
  file: FileHandle,
  sizeBytes: number,
): AsyncGenerator<string | undefined, void, undefined> {
  if (sizeBytes === 0) return await file.close();
  let rest = '';
  let isTooLong = false;
  for await (const piece of file.createReadStream({ end: sizeBytes - 1, encoding: 'latin1' })) {
    const lines = `${rest}${String(piece)}`.split('\n');
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
