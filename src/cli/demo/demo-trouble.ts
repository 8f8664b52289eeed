import { GitError } from '../../repository/index.ts';
import { UserError } from '../errors.ts';
import { isErrorCode } from '../../units/index.ts';

/** What systems say when there is no room, or no leave, and what to do about it. */
const troubles: readonly (readonly [said: RegExp, told: string])[] = [
  [
    /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/,
    'the disk is full; make room there, or name a directory on another disk',
  ],
  [
    /EROFS|Read-only file system/,
    'the file system is read-only; name a directory that can be written to',
  ],
  [
    /EACCES|EPERM|Permission denied|Operation not permitted/,
    'you may not write there; name a directory of yours',
  ],
];

/**
 * What to tell of a demo that could not be made; an error that is no trouble of its place stays.
 */
export function demoTrouble(directory: string, error: unknown): unknown {
  const said = sayingOf(error);
  if (said === undefined) return error;
  const [, known] = troubles.find(([pattern]) => pattern.test(said.whole)) ?? [];
  const told = known ?? `${said.short}; mend that, or name another directory`;
  return new UserError(`the demo could not be made in ${directory}: ${told}.`, { cause: error });
}

function sayingOf(error: unknown): { whole: string; short: string } | undefined {
  if (error instanceof GitError) {
    const last = error.data.stderrTail.trim().split('\n').at(-1);
    return { whole: error.data.stderrTail, short: `git says "${last || 'nothing'}"` };
  }
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) {
    return { whole: error.message, short: 'nothing can be made there' };
  }
  return { whole: error.message, short: `the system says "${error.message}"` };
}
