import { namesItsContent, serializeKey } from '../../key/index.ts';
import type { WrongSizes } from '../../repository/index.ts';
import type { Notices } from './notices.ts';

/**
 * Tells of files in a repository that have not the size which their keys name, and so count as
 * absent; or that there are no more of them. Keys without a hash are not named, since their names
 * may be those of files, and anybody may read what is told.
 */
export function tellWrongSizes(
  notices: Notices,
  repository: string,
  { count, keys }: WrongSizes,
): void {
  const subject = `${repository} sizes`;
  if (count === 0) return notices.clear({ kind: 'content', subject });
  const named = keys.filter(namesItsContent).map(serializeKey);
  const which =
    named.length === 0 ? '' : ` (${named.join(', ')}${count > named.length ? ', …' : ''})`;
  notices.raise({
    kind: 'content',
    subject,
    text:
      `${repository} has ${some(count)} of another size than the key says${which}, which ` +
      'count as absent; store them anew, or run "git annex fsck" there',
  });
}

/** Told at each doubling, as a disk that breaks has thousands of them. */
function some(count: number): string {
  if (count < 4) return `${count} ${count === 1 ? 'file' : 'files'}`;
  return `at least ${2 ** Math.floor(Math.log2(count))} files`;
}
