import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { LineAccess } from '../../gateway/line/index.ts';
import { UserError } from '../errors.ts';

/**
 * What an administrator allows through the environment; a variable counts when it is not empty, `0`
 * too (spec/p2p-line.md section 1).
 */
export interface ShellEnvironment {
  readonly access: LineAccess;
  /** GIT_ANNEX_SHELL_LIMITED: nothing of git's own. */
  readonly isLimited: boolean;
  /** GIT_ANNEX_SHELL_DIRECTORY: the only repository. */
  readonly directory: string | undefined;
  readonly home: string;
}

/** Reads it. */
export function shellEnvironment(env: NodeJS.ProcessEnv): ShellEnvironment {
  const value = (name: string): string | undefined => env[`GIT_ANNEX_SHELL_${name}`] || undefined;
  return {
    access: accessOf(value),
    isLimited: value('LIMITED') !== undefined,
    directory: value('DIRECTORY'),
    home: env['HOME'] || homedir(),
  };
}

function accessOf(value: (name: string) => string | undefined): LineAccess {
  if (value('READONLY') !== undefined) return 'readOnly';
  return value('APPENDONLY') === undefined ? 'full' : 'appendOnly';
}

/**
 * The repository that a client names: relative paths, `~/` and `/~/` begin at home.
 *
 * @throws UserError when another one is the only one allowed.
 */
export function allowedDirectory(named: string, environment: ShellEnvironment): string {
  const directory = resolved(named, environment.home);
  const { directory: only } = environment;
  if (only !== undefined && resolved(only, environment.home) !== directory) {
    throw new UserError(`Only allowed to access ${only} not ${named}`);
  }
  return directory;
}

function resolved(named: string, home: string): string {
  const below = /^\/?~(?:\/+(.*))?$/s.exec(named);
  if (below !== null) return resolve(join(home, below[1] ?? ''));
  return isAbsolute(named) ? resolve(named) : resolve(home, named);
}
