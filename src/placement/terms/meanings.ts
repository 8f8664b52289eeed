/**
 * What each term of the language means in an annex. The rest that is known of a term: `terms` of
 * expression/.
 */
import type { TermArguments, TermName, TermNamed } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import {
  compileBalanced,
  compileFullyBalanced,
  compileFullySizeBalanced,
  compileSizeBalanced,
} from './balanced.ts';
import { compileApproxLackingCopies, compileCopies, compileLackingCopies } from './copies.ts';
import { compileExclude, compileInclude, compileInPreferredDir, isUnused } from './files.ts';
import { compileInAllGroup, compileOnlyInGroup } from './groups.ts';
import {
  compileInBackend,
  compileLargerThan,
  compileSecureHash,
  compileSmallerThan,
} from './keys.ts';
import { compileMetadata } from './metadata.ts';
import { isPresent, type Operand } from '../world/question.ts';
import type { RefusedExpressionError } from '../world/refused.ts';
import { compileUrl } from './urls.ts';

/** An expression made ready for one repository. */
export interface Compiled {
  readonly operand: Operand;
  /** An unstable term is somewhere in it (spec/expressions.md section 10). */
  readonly hasUnstable: boolean;
  /** An unstable term is under an odd number of `not`: the expression must not be used. */
  readonly isUnstable: boolean;
  /** It is refused, or what it uses is: its operand throws this. */
  readonly refused: RefusedExpressionError | undefined;
}

/** Where a term is compiled: for this repository of this annex. */
export interface Setting {
  readonly annex: Annex;
  readonly repository: Uuid;
  /** What `standard` or `groupwanted` stands for here; `undefined` when that does not parse. */
  standFor(name: 'standard' | 'groupwanted'): Compiled | undefined;
}

type Meanings = {
  readonly [N in TermName]: (argument: TermArguments[N], setting: Setting) => Operand;
};

const always: Operand = () => true;
const never: Operand = () => false;

const meanings: Meanings = {
  anything: () => always,
  nothing: () => never,
  present: () => isPresent,
  securehash: (_, { annex }) => compileSecureHash(annex),
  inpreferreddir: (_, { annex, repository }) => compileInPreferredDir(annex.settings(repository)),
  standard: (_, setting) => setting.standFor('standard')?.operand ?? isPresent,
  groupwanted: (_, setting) => setting.standFor('groupwanted')?.operand ?? isPresent,
  unused: () => isUnused,
  include: compileInclude,
  exclude: compileExclude,
  copies: (argument, { annex }) => compileCopies(argument, annex),
  lackingcopies: (argument, { annex }) => compileLackingCopies(argument, annex),
  approxlackingcopies: (argument, { annex }) => compileApproxLackingCopies(argument, annex),
  inbackend: compileInBackend,
  inallgroup: (group, { annex }) => compileInAllGroup(group, annex),
  onlyingroup: (group, { annex }) => compileOnlyInGroup(group, annex),
  smallerthan: compileSmallerThan,
  largerthan: compileLargerThan,
  metadata: compileMetadata,
  url: compileUrl,
  balanced: (argument, { annex }) => compileBalanced(argument, annex),
  fullybalanced: (argument, { annex }) => compileFullyBalanced(argument, annex),
  sizebalanced: (argument, { annex }) => compileSizeBalanced(argument, annex),
  fullysizebalanced: (argument, { annex }) => compileFullySizeBalanced(argument, annex),
};

/** What a term means in this setting. */
export function meaningOf<N extends TermName>(term: TermNamed<N>, setting: Setting): Operand {
  const meaning: Meanings[N] = meanings[term.name];
  return meaning(term.argument, setting);
}
