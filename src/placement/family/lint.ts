/** How a family tells what is odd about its terms. */
import type { TermName, TermOf } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import type { StandIn } from '../world/stood-for.ts';
import type { Finding } from './finding.ts';

/** The expression of an annex that a term stands in. */
export interface LintFrom {
  readonly annex: Annex;
  /** The expression is a groupwanted one, which several repositories can use. */
  readonly isGroupwanted: boolean;
  /** The repositories that the expression is asked for. */
  readonly askers: readonly Uuid[];
  /** Whether what the word stands for in a repository changes with presence. */
  readonly isUnstableFor: (asker: Uuid, name: StandIn) => boolean;
}

/** What can be odd about a term. Each is told where it is known, and left out where nothing can be. */
export interface TermLint<N extends TermName> {
  /** Of the term by itself, whatever the annex. */
  readonly alone?: (term: TermOf<N>) => readonly Finding[];
  /** Of the term in this annex. */
  readonly inAnnex?: (term: TermOf<N>, from: LintFrom) => readonly Finding[];
  /** Of the term in this annex when it is under an odd number of `not`. */
  readonly negated?: (term: TermOf<N>, from: LintFrom) => readonly Finding[];
  /** For an unstable term: what to write under `not` in its place. */
  readonly stable?: (term: TermOf<N>) => string;
}

/** What can be odd about the terms of these names: a family's `lint`; `{}` where nothing can be. */
export type Lints<N extends TermName = TermName> = { readonly [M in N]: TermLint<M> };
