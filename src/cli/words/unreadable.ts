import { UserError } from '../errors.ts';
import { errorCode } from '../../units/index.ts';

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
