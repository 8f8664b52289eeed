import { encodeText } from '../../units/index.ts';
import { compactLog } from '../logs/lines/compact-log.ts';

/**
 * Both versions of a file of the branch as one (spec/git-annex-branch.md section 3.4): the set of
 * their lines, sorted bytewise. Nothing is dropped because it is older. A version that has every
 * line already is taken as it is, whatever its order.
 */
export function unionMerge(ours: string, theirs: string): string {
  if (ours === theirs || theirs === '') return ours;
  if (ours === '') return theirs;
  const our = new Set(linesOf(ours));
  const their = new Set(linesOf(theirs));
  const union = new Set([...our, ...their]);
  if (union.size === our.size) return ours;
  if (union.size === their.size) return theirs;
  return sorted([...union], ours, theirs)
    .join('\n')
    .concat('\n');
}

/**
 * What two versions of a file come to when a program writes the file anew: the union, without the
 * lines that a newer one supersedes.
 */
export function mergedForWriting(
  path: string,
  versions: { readonly ours: string; readonly theirs: string },
): string {
  const { ours, theirs } = versions;
  return ours === theirs ? ours : compactLog(path, unionMerge(ours, theirs));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Lines of two texts in the order of their bytes; UTF-16 has that order below the surrogates. */
function sorted(lines: string[], ...texts: readonly string[]): string[] {
  if (!texts.some((text) => mayDiffer.test(text))) return lines.sort();
  return lines
    .map((line) => ({ line, bytes: encodeText(line) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ line }) => line);
}

const mayDiffer = /[\uD800-\uFFFF]/;
