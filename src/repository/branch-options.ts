import type { OnBranchTrouble } from './branch/branch-trouble.ts';
import type { GitConfig } from './config/git-config.ts';
import type { Disk } from './files/disk.ts';
import type { System } from './system.ts';

/** How a branch is opened. */
export interface AnnexBranchOptions {
  /**
   * Told of what went wrong in the background: a commit that failed and will be tried again, a file
   * that is passed over. Default: nobody is told.
   */
  readonly onProblem?: (error: Error) => void;
  /**
   * Told when the branch cannot be written, and when it can be again. Default: `onProblem` is told of
   * each failure.
   */
  readonly onTrouble?: OnBranchTrouble | undefined;
  /** The disk that the repository is on. Default: that of this machine. */
  readonly disk?: Disk | undefined;
  /** The machine that it is read and written on. Default: this one. */
  readonly system?: System | undefined;
  /** Told the path of a file that could not be read, and now can. Default: nobody is told. */
  readonly onReadable?: ((path: string) => void) | undefined;
  /** What has been read of the repository already. Default: it is read. */
  readonly known?: { readonly gitDirectory: string; readonly config: GitConfig };
}
