import type { Key } from '../../key/index.ts';
import type { Disk, ExactStatus } from '../files/disk.ts';
import type { OpenFile } from '../files/disk.ts';
import { openFlags } from '../files/system-calls.ts';
import { ObjectStoreError, objectError } from './object-errors.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * Bytes a read asks for. Larger reads gain little on a local disk, and every open content holds two
 * of these.
 */
export const readBytesMax: number = 256 * 1024;

/**
 * Bytes of a piece that is poured. Fresh memory for each piece costs more than all else in sending:
 * the system has to clear it, and the processor's caches have to take it in.
 */
export const pourBytesMax: number = 512 * 1024;

/** Takes a piece, and resolves when it is done with its memory, with whether it wants more. */
export type Take = (piece: Uint8Array) => Promise<boolean>;

/** A content that is being read. Whoever received it closes it, or reads it to its end. */
export interface OpenObject {
  /** Of the whole content, wherever reading begins. */
  readonly sizeBytes: number;
  /** What tells it from whatever takes its place, and from itself when it has been edited. */
  readonly state: string;
  /** The bytes, once. Ends the reading when left early. Chunks are not used again by the reader. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * The bytes, once, instead of `chunks`: each piece is handed to `take`, and its memory is used
   * again when that has resolved. Ends the reading, at the latest when `take` wants no more.
   */
  pour(take: Take): Promise<void>;
  close(): Promise<void>;
}

/** Where and what to read. */
export interface ReadRange {
  readonly fromByte: number;
  /** Default: the end of the file as it is when opened. */
  readonly untilByte?: number;
}

/** Opens a file for reading, or gives undefined when it is absent or not a file. */
export async function openObject(
  key: Key,
  at: { readonly path: Buffer; readonly disk: Disk },
  range: ReadRange,
): Promise<OpenObject | undefined> {
  const { path } = at;
  const file = await openIfThere(path, at.disk);
  if (file === undefined) return undefined;
  try {
    const status = await file.status();
    const sizeBytes = Number(status.size);
    if (!status.isFile()) {
      await file.close();
      return undefined;
    }
    const untilByte = Math.min(range.untilByte ?? sizeBytes, sizeBytes);
    const requested = { key, path, fromByte: range.fromByte, untilByte, status };
    return {
      sizeBytes,
      state: stateOf(status),
      chunks: readChunks(file, requested),
      pour: (take) => pourPieces(file, requested, take),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * What changes when a file is edited or replaced. Not the time of the inode: that changes also when a lock
 * is taken or the file linked.
 */
export function stateOf({ dev, ino, size, mtimeNs }: ExactStatus): string {
  return `${dev} ${ino} ${size} ${mtimeNs}`;
}

async function openIfThere(path: Buffer, disk: Disk): Promise<OpenFile | undefined> {
  try {
    return await disk.open(path, openFlags.O_RDONLY);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

interface RequestedRange {
  readonly key: Key;
  readonly path: Buffer;
  readonly fromByte: number;
  readonly untilByte: number;
  /** Of the file when it was opened. */
  readonly status: ExactStatus;
}

/** Reads with one read ahead, so that disk and consumer work at the same time. */
async function* readChunks(file: OpenFile, requested: RequestedRange): AsyncGenerator<Uint8Array> {
  try {
    let position = requested.fromByte;
    let next = readChunk(file, requested, position);
    while (position < requested.untilByte) {
      const chunk = await next;
      position += chunk.length;
      next = readChunk(file, requested, position);
      // A failure ahead of time is reported when its turn comes, if it comes.
      next.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** Reads into one of two buffers while the other's bytes are taken. */
async function pourPieces(file: OpenFile, requested: RequestedRange, take: Take): Promise<void> {
  const lengthBytes = Math.min(pourBytesMax, requested.untilByte - requested.fromByte);
  try {
    let position = requested.fromByte;
    let buffer = bufferOfLength(lengthBytes);
    let other: Buffer | undefined;
    let next = readInto(buffer, { file, requested, position });
    while (position < requested.untilByte) {
      const piece = await next;
      position += piece.length;
      if (position < requested.untilByte) {
        other ??= bufferOfLength(lengthBytes);
        next = readInto(other, { file, requested, position });
        // Reported when its turn comes, if it comes.
        next.catch(() => undefined);
        [buffer, other] = [other, buffer];
      }
      if (!(await take(piece))) return;
    }
  } finally {
    await file.close();
  }
}

async function readChunk(
  file: OpenFile,
  requested: RequestedRange,
  position: number,
): Promise<Uint8Array> {
  const length = Math.min(readBytesMax, requested.untilByte - position);
  return await readInto(bufferOfLength(length), { file, requested, position });
}

function bufferOfLength(lengthBytes: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.max(0, lengthBytes));
}

/** As many bytes as the file gives at once: at least one, before the end of what is to be read. */
async function readInto(
  buffer: Buffer,
  at: { readonly file: OpenFile; readonly requested: RequestedRange; readonly position: number },
): Promise<Uint8Array> {
  const { file, position } = at;
  const { key, path, untilByte } = at.requested;
  const length = Math.min(buffer.length, untilByte - position);
  if (length <= 0) return buffer.subarray(0, 0);
  let bytesRead: number;
  try {
    bytesRead = await file.read(buffer.subarray(0, length), position);
  } catch (error) {
    throw objectError(error, 'reading the content', { key, path });
  }
  if (bytesRead === 0) {
    throw changed('became shorter', at.requested);
  }
  // Asked after each read, so that no byte of another content is given to anybody, and never the
  // last one. Not the time of the inode: that changes also when the content is removed or linked.
  const { size, mtimeNs } = await file.status();
  const { status } = at.requested;
  if (size !== status.size || mtimeNs !== status.mtimeNs) {
    throw changed(size < status.size ? 'became shorter' : 'changed', at.requested);
  }
  return buffer.subarray(0, bytesRead);
}

function changed(how: string, { key, path }: RequestedRange): ObjectStoreError {
  return new ObjectStoreError(
    `the content ${how} while it was read; it may be an unlocked file that was changed`,
    { key, path },
    { code: 'CONTENT_CHANGED' },
  );
}
