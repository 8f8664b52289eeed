import type { Uuid } from '../units/index.ts';

/**
 * What a repository answers, apart from contents, which travel as streams. `alsoIn` names further
 * repositories that the answer holds for, which a proxy or cluster acted on.
 */
export type Reply =
  | { readonly kind: 'present'; readonly isPresent: boolean }
  | { readonly kind: 'stored'; readonly isStored: boolean; readonly alsoIn: readonly Uuid[] }
  | { readonly kind: 'putFrom'; readonly offsetBytes: number }
  | { readonly kind: 'alreadyHave'; readonly alsoIn: readonly Uuid[] }
  | { readonly kind: 'removed'; readonly isRemoved: boolean; readonly alsoIn: readonly Uuid[] }
  | { readonly kind: 'timestamp'; readonly seconds: number }
  | { readonly kind: 'locked'; readonly lockId: string }
  | { readonly kind: 'notLocked' };
