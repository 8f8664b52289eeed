import {
  openFlags,
  type Disk,
  type OpenFile,
  type FileLock,
  type System,
} from '../../repository/index.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  headBytesMax,
  snapshotBytes,
  type IntendedAct,
} from './intent-text.ts';
import { BallastError } from '../../units/index.ts';

/**
 * Where the second of a file's two places begins, which is also the longest snapshot: some 60,000
 * acts at once. The file is sparse, so that room that is never used takes none.
 */
const placeBytes: number = 16 * 1024 * 1024;

/** What is written at first into each place, so that later writes change no size of the file. */
const roomBytes = 64 * 1024;

/** More is under way at once than the file has room for. */
function tooManyIntents(): BallastError {
  return new BallastError(
    'TOO_MANY_INTENTS',
    'too many uploads and removals are under way at once; try again',
    { isRetryable: true },
  );
}

/**
 * The acts that one process has under way, on disk. Each write is a whole snapshot, over the older
 * of two, so that a power cut in the middle of it leaves the one before. The file is locked as long
 * as the process lives: who can lock it knows that its process is gone.
 */
export class IntentFile {
  readonly #path: string;
  readonly #disk: Disk;
  readonly #lock: FileLock;
  readonly #file: OpenFile;
  #number = 0;

  private constructor(parts: { path: string; disk: Disk; lock: FileLock; file: OpenFile }) {
    this.#path = parts.path;
    this.#disk = parts.disk;
    this.#lock = parts.lock;
    this.#file = parts.file;
  }

  /** Makes a file; its name is not durable yet. */
  static async create(
    path: string,
    mode: number,
    { disk, system }: { readonly disk: Disk; readonly system: Pick<System, 'locks'> },
  ): Promise<IntentFile> {
    const how = { disk, create: true, createMode: mode };
    const lock = await system.locks.tryLock(path, 'exclusive', how);
    if (lock === undefined) throw new Error(`${path} is locked by somebody else`);
    try {
      const file = await disk.open(path, openFlags.O_WRONLY);
      return new IntentFile({ path, disk, lock, file });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Replaces what the file says, durably. One call at a time. */
  async write(acts: readonly IntendedAct[]): Promise<void> {
    const number = this.#number + 1;
    const bytes = encodeSnapshot({ number, acts });
    if (bytes.length > placeBytes) throw tooManyIntents();
    const isFirst = number <= 2;
    const padding = isFirst ? Buffer.alloc(Math.max(0, roomBytes - bytes.length)) : noBytes;
    await this.#file.writeAll(Buffer.concat([bytes, padding]), (number % 2) * placeBytes);
    await this.#file.datasync();
    // Only now: what failed half-way is written over, and never the good one.
    this.#number = number;
  }

  /** @param keeps whether the file stays, for who comes next to look at. */
  async close(keeps: boolean): Promise<void> {
    try {
      await this.#file.close();
      if (!keeps) await this.#disk.remove(this.#path);
    } finally {
      this.#lock.release();
    }
  }
}

/** The newest whole snapshot of a file: what was under way when its process ended. */
export async function readIntents(path: string, disk: Disk): Promise<readonly IntendedAct[]> {
  const file = await disk.open(path, openFlags.O_RDONLY);
  try {
    const places = [await readPlace(file, 0), await readPlace(file, placeBytes)];
    const whole = places.filter((snapshot) => snapshot !== undefined);
    whole.sort((a, b) => b.number - a.number);
    return whole[0]?.acts ?? [];
  } finally {
    await file.close();
  }
}

const noBytes = Buffer.alloc(0);

async function readPlace(file: OpenFile, at: number): Promise<ReturnType<typeof decodeSnapshot>> {
  const lengthBytes = snapshotBytes(await readAt(file, at, headBytesMax));
  if (lengthBytes === undefined || lengthBytes > placeBytes) return undefined;
  return decodeSnapshot(await readAt(file, at, lengthBytes));
}

async function readAt(file: OpenFile, at: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  let length = 0;
  while (length < lengthBytes) {
    const count = await file.read(bytes.subarray(length), at + length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
