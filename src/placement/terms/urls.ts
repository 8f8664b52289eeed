/** `url=` (spec/newest.md section 1.4). */
import type { Glob } from '../../units/index.ts';
import { undecidable } from './files.ts';
import type { Operand } from '../world/question.ts';

const noUrls: readonly string[] = [];

/** True when any url recorded for the key matches, without the mark of its downloader. */
export function compileUrl(glob: Glob): Operand {
  if (!glob.isCompilable) return undecidable;
  return ({ item, world }) =>
    (world.urls?.(item) ?? noUrls).some((url) => glob.matches(withoutMark(url)));
}

/**
 * "A leading `yt:`, `quvi:` or `:` of a recorded url is taken off before matching; nothing else
 * is."
 */
function withoutMark(url: string): string {
  return url.replace(/^(?:yt|quvi)?:/, '');
}
