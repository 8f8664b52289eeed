import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ByteStream } from '../../../../src/stream/index.ts';
import { hasGpg, sharedCipher } from '../special-nodes.ts';

/** What was rejected and heard by nobody, which would end a process. */
async function unheard(act: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  const hear = (error: unknown): number => errors.push(error);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear);
  try {
    await act();
    for (let turns = 0; turns < 10; turns += 1) await turn();
  } finally {
    process.off('unhandledRejection', hear);
    for (const other of others) process.on('unhandledRejection', other);
  }
  return errors;
}

describe.skipIf(!hasGpg)('what is read through gpg', () => {
  it('ends no process when it breaks off while its reader is busy, and the reader hears of it', async () => {
    const cipher = sharedCipher();
    const message: Uint8Array[] = [];
    const deposit = cipher.encrypting({
      write: (bytes) => Promise.resolve(void message.push(Uint8Array.from(bytes))),
      commit: () => Promise.resolve(),
      abandon: () => Promise.resolve(),
    });
    await deposit.write(randomBytes(400_000));
    await deposit.commit();
    let breakOff = (): void => undefined;
    const broken = new Promise<void>((resolve) => {
      breakOff = resolve;
    });
    const stored: ByteStream = {
      lengthBytes: undefined,
      async *[Symbol.asyncIterator]() {
        yield Buffer.concat(message).subarray(0, 300_000);
        await broken;
        throw new Error('other side closed');
      },
      close: () => Promise.resolve(),
    };

    const errors = await unheard(async () => {
      const read = cipher.decrypted(stored)[Symbol.asyncIterator]();
      expect((await read.next()).done).toBe(false);
      breakOff();
      for (let turns = 0; turns < 10; turns += 1) await turn();
      const rest = async (): Promise<void> => {
        while ((await read.next()).done !== true);
      };
      await expect(rest()).rejects.toThrow('other side closed');
    });
    expect(errors).toEqual([]);
  });
});
