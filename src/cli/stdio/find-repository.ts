import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/**
 * The git repository at a path that a client named: a work tree, a `.git` or a bare one, or with
 * `.git` added to its name. Not one that the path only lies in, as nobody meant that.
 *
 * @throws UserError when there is none.
 */
export function findRepository(directory: string): string {
  for (const candidate of [directory, `${directory}.git`]) {
    const isBare = existsSync(join(candidate, 'HEAD')) && existsSync(join(candidate, 'objects'));
    if (isBare || existsSync(join(candidate, '.git'))) return candidate;
  }
  throw new UserError(
    `there is no git repository in ${directory}; perhaps it has moved, or is not mounted.`,
  );
}
