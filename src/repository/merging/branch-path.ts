import { encodeText } from '../../units/index.ts';
import { journalName } from '../branch/journal-name.ts';

/** Longest name that file systems take, and so the journal of any git-annex. */
const fileNameBytesMax = 255;

/**
 * Whether a path is one of the git-annex branch's: a log at the top, or one of a key in its two
 * directories, or in its one with `annex.tune.branchhash1` (spec/git-annex-branch.md section 3.1).
 * No such path is a directory of another, so that no file can take the place of a directory.
 */
export function isBranchPath(path: string): boolean {
  if (path.length > fileNameBytesMax || !branchPathShape.test(path)) return false;
  return encodeText(journalName(path)).length <= fileNameBytesMax;
}

const branchPathShape = /^(?:[0-9a-f]{3}\/(?:[0-9a-f]{3}\/)?)?[^/\0]+\.log(?:\.[a-z]+)*$/s;

/** Whether the blobs of a mode are files, and not links or repositories of their own. */
export function isFileMode(mode: string): boolean {
  return mode.startsWith('100');
}
