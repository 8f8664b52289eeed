/** The terms about the size of the key (spec/expressions.md section 6.7). */
import type { Lints } from '../family/lint.ts';
import type { ReasonFrom, Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';

type Names = 'smallerthan' | 'largerthan';

/** What the terms mean: "a key without a size field: true" of the first, false of the second. */
export const compile: Meanings<Names> = {
  smallerthan:
    (bytes) =>
    ({ item: { key } }) =>
      key.sizeBytes === undefined || key.sizeBytes < bytes,
  largerthan:
    (bytes) =>
    ({ item: { key } }) =>
      key.sizeBytes !== undefined && key.sizeBytes > bytes,
};

/** Why the terms have their values. */
export const because: Reasons<Names> = { smallerthan: sizeWords, largerthan: sizeWords };

/** What is odd about the terms. */
export const lint: Lints<Names> = { smallerthan: {}, largerthan: {} };

function sizeWords({ argument }: { readonly argument: bigint }, { question }: ReasonFrom): string {
  const { sizeBytes } = question.item.key;
  if (sizeBytes === undefined) return 'the size is not known';
  return `the size is ${sizeBytes}, compared with ${argument}`;
}
