/** The terms that are the same for everybody (spec/expressions.md section 6). */
import type { Lints } from '../family/lint.ts';
import type { Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';

type Names = 'anything' | 'nothing';

/** What the terms mean. */
export const compile: Meanings<Names> = { anything: () => () => true, nothing: () => () => false };

/** Why the terms have their values, which they say themselves. */
export const because: Reasons<Names> = { anything: () => '', nothing: () => '' };

/** What is odd about the terms. */
export const lint: Lints<Names> = { anything: {}, nothing: {} };
