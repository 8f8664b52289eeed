/** The branch of a repository cannot be written, and it is tried again. */
export interface BranchTrouble {
  /**
   * What could not be done; `leave`: a commit had to leave some files in the journal; `note`: nothing
   * can be written to the journal itself, and who asked for it was told so.
   */
  readonly act: 'commit' | 'merge' | 'leave' | 'note';
  readonly error: Error;
  /** Files of the journal that wait for a commit; `undefined` when they cannot be counted. */
  readonly waiting: number | undefined;
  /** Lock files of git in the way, by their names below the git directory. */
  readonly locks: readonly string[];
}

/** Told of the trouble with an act, again as it lasts, and of its end. */
export type OnBranchTrouble = (
  act: BranchTrouble['act'],
  trouble: BranchTrouble | undefined,
) => void;
