import { hostname, userInfo } from 'node:os';
import { AnnexBranch, GitConfig, initializeBare, thisMachine } from '../../repository/index.ts';
import { uuidFromBytes } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import type { LineAccess } from '../../gateway/index.ts';

/** Whose settings are listed, and what whoever asks may do. */
export interface ConfigListOptions {
  readonly directory: string;
  readonly access: LineAccess;
  /** Whether the client wants a repository that is none yet to become one. */
  readonly isToBeMade: boolean;
}

/**
 * What `configlist` prints. A repository that is none of git-annex's yet becomes one when the
 * client wants that, or when a git-annex branch was pushed to it. One with a work tree is left to
 * `git annex init`, and has no UUID so far.
 *
 * @throws UserError when it may not be changed.
 */
export async function configList(options: ConfigListOptions): Promise<string> {
  return `annex.uuid=${await uuidOf(options)}\ncore.gcrypt-id=\n`;
}

async function uuidOf({ directory, access, isToBeMade }: ConfigListOptions): Promise<string> {
  const config = await GitConfig.read(directory, thisMachine.configurations);
  const known = config.get('annex.uuid') ?? '';
  if (known !== '') return known;
  if (!isToBeMade && !(await hasBranch(directory))) return '';
  if (access === 'readOnly') throw new UserError('Action blocked by GIT_ANNEX_SHELL_READONLY');
  if (config.getBoolean('core.bare') !== true) {
    console.error(`ballast: ${directory} has a work tree; run "git annex init" in it.`);
    return '';
  }
  return await initializeBare(directory, {
    uuid: uuidFromBytes(thisMachine.clock.bytes(16), 'repository'),
    description: `${userInfo().username}@${hostname()}:${directory}`,
    system: thisMachine,
  });
}

async function hasBranch(directory: string): Promise<boolean> {
  const branch = await AnnexBranch.open(directory);
  try {
    return (await branch.tip()) !== undefined;
  } finally {
    await branch.close();
  }
}
