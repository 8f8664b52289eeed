/** The balanced terms (spec/expressions.md section 12, spec/newest.md section 2.4). */
import type {
  BalancedArgument,
  BalancedTest,
  KeepingBalancedArgument,
} from '../../expression/index.ts';
import type { Annex } from '../world/annex.ts';
import { compilePick } from './balanced-pick.ts';
import { compileCopies, compileLackingCopies } from './copies.ts';
import { isPresent, type Operand } from '../world/question.ts';

/** `balanced`: kept where it is; else as {@link compileFullyBalanced} while copies are too few. */
export function compileBalanced(argument: KeepingBalancedArgument, annex: Annex): Operand {
  return keepingPresent(argument.test, annex, compileFullyBalanced(argument, annex));
}

/** `sizebalanced`: kept where it is; else as {@link compileFullySizeBalanced} while copies are too few. */
export function compileSizeBalanced(argument: KeepingBalancedArgument, annex: Annex): Operand {
  return keepingPresent(argument.test, annex, compileFullySizeBalanced(argument, annex));
}

/** "present or (TEST and fully...)"; with `--rebalance` only the last (12.1). */
function keepingPresent(test: BalancedTest, annex: Annex, fully: Operand): Operand {
  if (annex.configuration.rebalance) return fully;
  if (test.kind === 'notCopies') {
    const hasCopies = compileCopies(test.copies, annex);
    return (question) => isPresent(question) || (!hasCopies(question) && fully(question));
  }
  const isLacking = compileLackingCopies(test.lacking, annex);
  return (question) => isPresent(question) || (isLacking(question) && fully(question));
}

/** `fullybalanced`: the repository is picked among the members with room. */
export function compileFullyBalanced(argument: BalancedArgument, annex: Annex): Operand {
  return compilePick('fullybalanced', argument, annex).isPicked;
}

/** `fullysizebalanced`: among the members with the largest share of free space. */
export function compileFullySizeBalanced(argument: BalancedArgument, annex: Annex): Operand {
  return compilePick('fullysizebalanced', argument, annex).isPicked;
}
