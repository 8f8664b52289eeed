import type { BranchTrouble, OnBranchTrouble } from '../../repository/index.ts';
import type { Notices } from './notices.ts';
import { errorCode } from '../../units/index.ts';

/**
 * Has notices of a git-annex branch that cannot be written, as long as that lasts. What waits in the
 * journal is durable, and heeded, meanwhile.
 *
 * @param whose the repository, as people know it; no directory.
 */
export function branchNotices(notices: Notices, whose: string): OnBranchTrouble {
  return (act, trouble) => {
    const subject = `${whose} ${act}`;
    if (trouble === undefined) notices.clear({ kind: 'branch', subject });
    else notices.raise({ kind: 'branch', subject, text: textOf(whose, trouble) }, trouble.error);
  };
}

function textOf(whose: string, { act, error, waiting, locks }: BranchTrouble): string {
  const why = whyOf(error, locks);
  if (act === 'merge') {
    return `what was pushed or fetched is not merged into the git-annex branch of ${whose} yet: ${why}`;
  }
  if (act === 'note') {
    return (
      `nothing can be noted in the git-annex branch of ${whose}, so that uploads and drops fail, ` +
      `also where a node has done its part: ${why}`
    );
  }
  if (act === 'leave') {
    return `files in the journal of ${whose} cannot be committed (${countOf(waiting)}): ${why}`;
  }
  return (
    `the git-annex branch of ${whose} cannot be written; files that wait in its journal, durable and ` +
    `heeded meanwhile: ${countOf(waiting)}; ${why}`
  );
}

/** Rounded down, so that a count that grows is told of now and then and not each time. */
function countOf(waiting: number | undefined): string {
  if (waiting === undefined) return 'unknown';
  if (waiting < 10) return String(waiting);
  const unit = 10 ** (String(waiting).length - 1);
  return `${Math.floor(waiting / unit) * unit} or more`;
}

function whyOf(error: Error, locks: readonly string[]): string {
  if (locks.length === 0) return unwritableReasonOf(error);
  const which = locks.length === 1 ? locks[0] : `${locks[0]} and ${locks.length - 1} more`;
  return `git has left ${which}, which goes once it is sure that no git holds it`;
}

/** Why something cannot be written, as anybody may read it. */
export function unwritableReasonOf(error: unknown): string {
  if (!(error instanceof Error)) return unknownReason;
  const code = errorCode(error);
  const text = reasons.find(([word]) => error.message.includes(word) || code === word)?.[1];
  return text ?? unknownReason;
}

const unknownReason = "the gateway's log tells why";

/** By the system's codes, and by what git makes of them. */
const reasons: readonly (readonly [word: string, text: string])[] = [
  ['ENOSPC', 'the disk is full'],
  ['No space left', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['quota exceeded', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['Read-only file system', 'the file system is read-only'],
  ['EACCES', 'access is denied'],
  ['Permission denied', 'access is denied'],
  ['FILE_LOCK_TIMEOUT', 'another program keeps the journal locked'],
  ['BRANCH_DAMAGED', 'the branch leads to no commit that git can read'],
];
