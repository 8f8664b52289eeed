/** `present` (spec/expressions.md section 6.11). */
import type { Lints } from '../family/lint.ts';
import { presenceWords, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import { isPresent } from '../world/question.ts';

/** What the term means. */
export const compile: Meanings<'present'> = { present: () => isPresent };

/** Why the term has its value. */
export const because: Reasons<'present'> = { present: (_, from) => presenceWords(from) };

/** What is odd about the term: nothing in itself, and its use under `not` is told by the table of terms. */
export const lint: Lints<'present'> = { present: {} };
