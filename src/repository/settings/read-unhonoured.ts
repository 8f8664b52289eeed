import { join } from 'node:path';
import type { System } from '../system.ts';
import { GitConfig } from '../config/git-config.ts';
import { unhonoured, type FoundSetting } from './annex-settings.ts';
import { hooksIn } from './hooks.ts';

/** The settings of the repository in a directory that are not honoured, without opening it. */
export async function readUnhonoured(
  directory: string,
  { disks, configurations }: Pick<System, 'disks' | 'configurations'>,
): Promise<FoundSetting[]> {
  const config = await GitConfig.read(directory, configurations);
  const gitDirectory =
    config.getBoolean('core.bare') === true ? directory : join(directory, '.git');
  return unhonoured(config, await hooksIn(join(gitDirectory, 'hooks'), disks.at(gitDirectory)));
}
