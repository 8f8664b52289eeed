import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitConfig, thisMachine } from '../../repository/index.ts';
import { UserError } from '../errors.ts';
import { demoMark, demoNames } from './demo-names.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * Whether a demo is in a directory already, or can be made there.
 *
 * @throws UserError when something else is there.
 */
export async function findDemo(directory: string): Promise<'there' | 'free'> {
  const entries = await entriesOf(directory);
  if (entries === undefined || entries.length === 0) return 'free';
  const gateway = join(directory, demoNames.gatewayDirectory);
  if (entries.includes(demoNames.gatewayDirectory) && (await isMarked(gateway))) return 'there';
  throw new UserError(
    `${directory} holds something that is not a ballast demo; name another directory, ` +
      'or serve a git-annex repository of yours with "ballast serve".',
  );
}

async function entriesOf(directory: string): Promise<string[] | undefined> {
  try {
    const status = await stat(directory);
    if (!status.isDirectory()) {
      throw new UserError(`${directory} is a file; name a directory for the demo.`);
    }
    return await readdir(directory);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    if (isErrorCode(error, 'ENOTDIR')) {
      throw new UserError(`${directory} lies below a file; name another directory for the demo.`);
    }
    throw error;
  }
}

async function isMarked(gateway: string): Promise<boolean> {
  try {
    const config = await GitConfig.read(gateway, thisMachine.configurations);
    return config.getBoolean(demoMark) === true;
  } catch {
    return false;
  }
}
