import { LogUnreadableError } from '../../repository/index.ts';
import type { Warn } from './warn.ts';
import type { Notices } from './notices.ts';

/**
 * Has troubles of a repository told: those that last as notices, the others in the log. A log of the
 * branch that cannot be read counts as empty until somebody mends it; requests go on.
 */
export function repositoryTroubles(
  notices: Notices,
  warn: Warn,
): {
  readonly onProblem: (error: Error) => void;
  readonly onReadable: (path: string) => void;
} {
  return {
    onProblem: (error) => {
      if (!(error instanceof LogUnreadableError)) return warn('the repository has trouble', error);
      const { path } = error.data;
      // The key of a log may be named after somebody's file, and anybody may read this.
      const which = path.includes('/') ? 'a log of a key' : path;
      const text = `${which} in the git-annex branch cannot be read and counts as empty`;
      notices.raise({ kind: 'branch', subject: path, text }, error);
    },
    onReadable: (path) => notices.clear({ kind: 'branch', subject: path }),
  };
}
