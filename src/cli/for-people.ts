import { NoAnnexError } from '../annex/index.ts';
import { GatewayError } from '../gateway/index.ts';
import { GitError, GitUnusableError, RepositoryError } from '../repository/index.ts';
import { UserError } from './errors.ts';

/** Trouble whose message says what is wrong and what to do; anything else is a fault of ours. */
export function isForPeople(error: unknown): error is Error {
  const classes = [
    UserError,
    GitUnusableError,
    GitError,
    RepositoryError,
    NoAnnexError,
    GatewayError,
  ];
  if (classes.some((known) => error instanceof known)) return true;
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
