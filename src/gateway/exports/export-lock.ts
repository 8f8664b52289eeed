import type { Repository } from '../../repository/index.ts';
import { isErrorCode, type Uuid } from '../../units/index.ts';

/**
 * Does something while no other process exports to a remote: the lock is that of `git annex export`.
 *
 * @param options.timeoutMs how long another process is waited for, milliseconds.
 * @throws when another process does not end within that; the reason of the signal.
 */
export async function withExportLock<T>(
  { gitDirectory, disk, system }: Pick<Repository, 'gitDirectory' | 'disk' | 'system'>,
  remote: Uuid,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  act: () => Promise<T>,
): Promise<T> {
  const directories = ['annex/export', `annex/export/${remote}`];
  for (const one of directories) await makeDirectory(`${gitDirectory}/${one}`, disk);
  const path = `${gitDirectory}/annex/export/${remote}/exportdb.lck`;
  const lock = await system.locks.lock(path, 'exclusive', { disk, create: true, ...options });
  try {
    return await act();
  } finally {
    lock.release();
    await lock.released;
  }
}

async function makeDirectory(path: string, disk: Repository['disk']): Promise<void> {
  try {
    await disk.makeDirectory(path, 0o777);
  } catch (error) {
    if (!isErrorCode(error, 'EEXIST')) throw error;
  }
}
