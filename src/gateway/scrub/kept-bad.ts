import type { Key } from '../../key/index.ts';
import {
  annexModes,
  fsyncDirectory,
  makeDirectoryDurably,
  ObjectLayout,
  openFlags,
  renameDurably,
  type Repository,
} from '../../repository/index.ts';

/** Files that are kept of one key, as the quarantine of a repository has it. */
const keptMax = 10;

/**
 * Keeps bytes that a special remote has in the place of a content below the gateway's own `annex/bad`, as
 * `git annex fsck --from` does (spec/git-annex-branch.md section 2.3): the remote has no room for them, and with them
 * in their place it could take no good ones.
 *
 * One at a time: what a crash leaves of one, the next one takes.
 *
 * @returns where they are, for people; durable then.
 * @throws what reading them or the disk does: nothing is kept then, and nothing may be removed.
 */
export async function keepBad(
  key: Key,
  bytes: AsyncIterable<Uint8Array>,
  repository: Pick<Repository, 'gitDirectory' | 'disk' | 'config' | 'diskReserveBytes'>,
): Promise<string> {
  const { gitDirectory, disk, config } = repository;
  const modes = annexModes(config.get('core.sharedrepository'), process.umask());
  const layout = new ObjectLayout({ gitDirectory, isBare: true });
  await makeDirectoryDurably(layout.badDirectory, modes.directory, disk);
  let path: Buffer | undefined;
  for (let number = 0; number < keptMax && path === undefined; number += 1) {
    const free = layout.bad(key, number);
    if ((await disk.look(free)) === undefined) path = free;
  }
  if (path === undefined) throw new Error(`annex/bad holds ${keptMax} files of this key already`);
  const growing = Buffer.concat([layout.badDirectory, Buffer.from('/.ballast-growing')]);
  const flags = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_TRUNC;
  try {
    const file = await disk.open(growing, flags, { mode: modes.file });
    try {
      let position = 0;
      for await (const piece of bytes) {
        await assertRoom(repository, piece.length);
        await file.writeAll(piece, position);
        position += piece.length;
      }
      await file.setMode(modes.content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably({ from: growing, to: path }, disk);
    await fsyncDirectory(layout.badDirectory, disk);
  } finally {
    await disk.remove(growing);
  }
  return "the gateway's annex/bad";
}

async function assertRoom(
  {
    disk,
    gitDirectory,
    diskReserveBytes,
  }: Pick<Repository, 'gitDirectory' | 'disk' | 'diskReserveBytes'>,
  bytes: number,
): Promise<void> {
  const { bavail, bsize } = await disk.usage(gitDirectory);
  if (Number(bavail * bsize) - bytes >= diskReserveBytes) return;
  throw new Error(`the gateway's disk has no room to keep it beyond annex.diskreserve`);
}
