import type { AttributeCopies } from './attributes.ts';
import type { GitVersion } from './git.ts';

/** A repository, as git finds it from a directory. */
export interface GitPlace {
  readonly isBare: boolean;
  /** Where its refs and `annex/` are, which all of its work trees share: an absolute path. */
  readonly gitDirectory: string;
}

/**
 * What git says of the directories of a machine: which repository each is in, and what .gitattributes say
 * there of a file. All that is asked of git for that goes through this, so that another than git can stand
 * in its place.
 */
export interface GitPlaces {
  /**
   * Of the git that is there.
   * @throws GIT_UNUSABLE when there is none or it is too old; GitError when it cannot be asked.
   */
  version(): Promise<GitVersion>;
  /**
   * The repository that a directory is in, however far above.
   * @throws GitError when there is none, or one that git does not trust.
   */
  find(directory: string): Promise<GitPlace>;
  /**
   * What git keeps of the one work tree that a directory is in, or all of a repository that has only one:
   * an absolute path.
   * @throws GitError.
   */
  own(directory: string): Promise<string>;
  /**
   * annex.numcopies and annex.mincopies of .gitattributes for a file, by its path from the top of the
   * repository that a directory is in; neither is there when it is not set, is no number
   * (spec/expressions.md section 6.6), or the path leads out of the repository.
   * @throws GitError.
   */
  attributeCopiesOf(directory: string, file: string): Promise<AttributeCopies>;
}
