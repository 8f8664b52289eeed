import type { Disk } from './disk.ts';
import type { DiskCalls } from './disk-calls.ts';
import { DiskFile } from './disk-file.ts';
import { openFlags } from './system-calls.ts';

/** The bits of a mode that chmod(2) sets. */
const modeBits = 0o7777n;

/**
 * Resolves when a disk answers questions, or takes changes as well, and leaves it as it is. A call of
 * somebody else's that ends meanwhile is as good an answer as one's own: on a disk that is slow, the
 * own one would have to wait behind many.
 *
 * A file system that is frozen answers questions and syncs, and keeps every change waiting; a disk
 * that is dead under it lets changes come into memory, and keeps every sync.
 *
 * @param directory one that belongs to the repository.
 */
export async function probeDisk(
  disk: Pick<Disk, 'status'> & DiskCalls,
  directory: string,
  kind: 'question' | 'change',
): Promise<void> {
  const { mode } = (await disk.status(directory)) ?? {};
  if (mode === undefined) return;
  const synced = Promise.race([disk.ends('sync'), sync(disk, directory)]);
  if (kind === 'question') return await synced;
  const { aside } = disk.calls;
  const change = disk.askAside(
    'change',
    () => aside.chmod(directory, Number(mode & modeBits)),
    first,
  );
  await Promise.all([synced, Promise.race([disk.ends('change'), change])]);
}

const first = { isFirst: true };

async function sync(disk: DiskCalls, directory: string): Promise<void> {
  const file = await DiskFile.open(disk, directory, openFlags.O_RDONLY, first);
  try {
    await file.sync(first);
  } finally {
    await file.close();
  }
}
