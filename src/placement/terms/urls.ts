/** `url=` (spec/newest.md section 1.4). */
import type { Glob } from '../../units/index.ts';
import { lintGlob, undecidable } from '../family/globs.ts';
import type { Lints } from '../family/lint.ts';
import { valueWords, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { Operand } from '../world/question.ts';

/** What the term means. */
export const compile: Meanings<'url'> = { url: compileUrl };

/** Why the term has its value. */
export const because: Reasons<'url'> = {
  url: (_, { question: { item, world } }) =>
    `its urls are ${valueWords(world.urls?.(item) ?? noUrls)}`,
};

/** What is odd about the term. */
export const lint: Lints<'url'> = { url: { alone: (term) => lintGlob(term.argument, term) } };

const noUrls: readonly string[] = [];

/** True when any url recorded for the key matches, without the mark of its downloader. */
function compileUrl(glob: Glob): Operand {
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
