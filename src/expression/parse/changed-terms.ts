import type { Dialect } from '../terms/dialect.ts';
import { readWord } from './read-word.ts';
import { splitWords } from './tokens.ts';
import { exactJson } from '../print/outline.ts';
import type { Term } from '../terms/tree.ts';

/**
 * The terms of an expression that two versions of git-annex both accept and understand differently,
 * such as `copies=3=1`, as the first one reads them (spec/newest.md section 1.6). A fleet with both
 * versions would disagree about them without a word.
 */
export function changedTerms(
  text: string,
  { to, from }: { readonly to: Dialect; readonly from: Dialect },
): readonly Term[] {
  return splitWords(text).flatMap((word) => {
    const [now, before] = [readWord(word, to), readWord(word, from)];
    if (now.kind !== 'operand' || before.kind !== 'operand') return [];
    const isSame = exactJson(now.term.argument) === exactJson(before.term.argument);
    return isSame ? [] : [now.term];
  });
}
