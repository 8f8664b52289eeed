import { BallastError, errorCode, isErrorCode } from '../units/index.ts';

/** With what a verb ends that does not end with 0 (decision "exit status"). */
export const statuses = {
  /** The verb did its work and found something: a difference, a bad verdict. */
  found: 1,
  /** The verb was not used as it is to be, or could not do its work. */
  unable: 2,
  /** The verb does not know, as there is more than it may try. */
  unknown: 3,
} as const;

/** Something the user can mend: one sentence that says what is wrong, and what to do. */
export class UserError extends BallastError {
  override readonly name = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    super('USER', message, options);
  }
}

/** The command did its work and what it found is not good: everything is said already. */
export class FoundWanting extends BallastError {
  override readonly name = 'FoundWanting';
  override readonly data: {
    /** The exit status. */
    readonly status: number;
  };

  constructor(status: number = statuses.found) {
    super('FOUND_WANTING', '');
    this.data = { status };
  }
}

/** Trouble whose message says what is wrong and what to do; anything else is a fault of ours. */
export function isForPeople(error: unknown): error is Error {
  if (isErrorCode(error, ...codesForPeople)) return true;
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

const codesForPeople = [
  'USER',
  'NO_ANNEX',
  'REPOSITORY_UNUSABLE',
  'GATEWAY_UNUSABLE',
  'GIT_FAILED',
  'GIT_UNUSABLE',
];

const sentences: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist; name a file that does'],
  ['ENOTDIR', 'does not exist, as what should be its directory is a file; name another file'],
  ['ELOOP', 'leads round in a circle of links; name another file'],
  ['ENAMETOOLONG', 'has too long a name; name another file'],
  ['EISDIR', 'is a directory; name a file'],
  ['EACCES', 'may not be read; change its permissions or name another file'],
  ['ERR_FS_FILE_TOO_LARGE', 'is too large to be read at once; name another file'],
]);

/**
 * What to tell of a file that cannot be read; the error itself when that is all there is to say.
 */
export function unreadable(file: string, error: unknown): unknown {
  const code = errorCode(error);
  const sentence = sentences.get(code);
  return sentence === undefined ? error : new UserError(`${file} ${sentence}.`);
}
