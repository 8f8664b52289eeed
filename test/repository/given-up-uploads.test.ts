import { expect, it, vi } from 'vitest';
import { DiskFile } from '../../src/repository/files/disk-file.ts';
import { ObjectStore } from '../../src/repository/index.ts';
import { begin, sha256Key } from '../support/objects.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('keeps nothing of an upload that was given up after the disk failed to write it', async () => {
  const store = new ObjectStore({ gitDirectory: temporaryDirectory(), isBare: true });
  const piece = Buffer.alloc(1024 * 1024);
  const key = sha256Key(piece);
  const deposit = await begin(store, key);
  await deposit.start(0);
  // The system tells of it once, and whoever goes on with these bytes would not hear of it.
  vi.spyOn(DiskFile.prototype, 'datasync').mockRejectedValueOnce(new Error('EIO'));

  for (let at = 0; at < 40; at += 1) await deposit.write(piece);
  await deposit.abandon('keep');

  expect(await store.partialSizeBytes(key)).toBe(0);
});
