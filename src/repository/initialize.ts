import { makeAnnexDirectory } from './annex-directory.ts';
import { AnnexBranch } from './annex-branch.ts';
import type { System } from './system.ts';
import { GitConfig } from './config/git-config.ts';
import { setDescription } from './logs/uuid-log.ts';
import { stampOf } from './logs/lines/time-stamp.ts';
import type { Uuid } from '../units/index.ts';

/** The repository format that new repositories get. */
export const annexVersion = '10';

/** How long another process may be about the same, milliseconds. */
const waitMs = 30_000;

/**
 * Makes a bare git repository a git-annex one, as `git annex init` does, unless it is one by now.
 * One with a work tree would need git-annex's filters and hooks.
 *
 * @param as.description what people know it by; only for one that has none.
 * @returns the UUID that it has.
 */
export async function initializeBare(
  directory: string,
  as: { readonly uuid: Uuid; readonly description: string; readonly system: System },
): Promise<string> {
  const { configurations } = as.system;
  const config = await GitConfig.read(directory, configurations);
  const disk = as.system.disks.at(directory);
  const branch = await AnnexBranch.open(directory, { disk, system: as.system });
  try {
    await makeAnnexDirectory(branch.gitDirectory, config, disk);
    const path = `${branch.gitDirectory}/annex/ballast-init.lck`;
    const lock = await as.system.locks.lock(path, 'exclusive', {
      disk,
      create: true,
      timeoutMs: waitMs,
    });
    try {
      await config.reload();
      const known = config.get('annex.uuid');
      if (known !== undefined && known !== '') return known;
      await describe(branch, as);
      await configurations.set(directory, { name: 'annex.version', value: annexVersion });
      // The last of all, since this is what makes it one.
      await configurations.set(directory, { name: 'annex.uuid', value: as.uuid });
      return as.uuid;
    } finally {
      lock.release();
    }
  } finally {
    await branch.close();
  }
}

async function describe(
  branch: AnnexBranch,
  as: { readonly uuid: Uuid; readonly description: string; readonly system: System },
): Promise<void> {
  if ((await branch.tip()) === undefined) await branch.create([]);
  const described = {
    subject: as.uuid,
    value: as.description,
    now: stampOf(as.system.clock.wallMs()),
  };
  await branch.change([{ path: 'uuid.log', edit: (log) => setDescription(log, described) }]);
}
