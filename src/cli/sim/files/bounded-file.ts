import { createReadStream } from 'node:fs';
import { UserError } from '../../errors.ts';

/** Most that is read of one file: beyond it, what is made of its lines would fill the memory. */
const bytesMax = 256 * 1024 * 1024;
const linesMax = 10_000_000;
const lineBytesMax = 16 * 1024 * 1024;

const feed = 10;

/**
 * The bytes of a file of lines, which may be a pipe or have no end.
 * @throws UserError as soon as there is too much of it, or of one line.
 */
export async function readBounded(file: string): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  const seen = { bytes: 0, lines: 0, lineBytes: 0 };
  // Whoever leaves the loop closes the file.
  for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('a stream of bytes gave something else');
    look(seen, piece);
    if (seen.lineBytes > lineBytesMax) {
      throw new UserError(
        `${file} has a line of more than ${inMebibytes(lineBytesMax)}, the most that is read of one ` +
          `(line ${seen.lines + 1}); is it the file that was meant?`,
      );
    }
    if (seen.bytes > bytesMax) throw tooLarge(file, inMebibytes(bytesMax));
    if (seen.lines > linesMax) throw tooLarge(file, `${linesMax / 1e6} million lines`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, seen.bytes);
}

const pieceBytes = 1024 * 1024;

/** Counts a piece; a line too long stays the last one. */
function look(seen: { bytes: number; lines: number; lineBytes: number }, piece: Buffer): void {
  let start = 0;
  for (let at = piece.indexOf(feed); at >= 0; at = piece.indexOf(feed, start)) {
    if (seen.lineBytes + at - start > lineBytesMax) break;
    seen.lines += 1;
    seen.lineBytes = 0;
    start = at + 1;
  }
  seen.lineBytes += piece.length - start;
  seen.bytes += piece.length;
}

function inMebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

function tooLarge(file: string, bound: string): UserError {
  return new UserError(
    `${file} has more than ${bound}, the most that is read of a simulation; cut it down, ` +
      'by addmulti for many files of a kind or "ballast sim import --sample" for a part of an annex.',
  );
}
