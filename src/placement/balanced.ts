/** The balanced terms (spec/expressions.md section 12). */
import { copiesOf, type BalancedArgument } from '../expression/index.ts';
import { doubleOf } from '../units/index.ts';
import type { Annex, Group } from './annex.ts';
import { compileCopies } from './copies.ts';
import { isLogged, isPresent, type Operand, type Question } from './question.ts';

/** `balanced`: kept where it is; else as {@link compileFullyBalanced} while copies are too few. */
export function compileBalanced(argument: BalancedArgument, annex: Annex): Operand {
  return keepingPresent(argument, annex, compileFullyBalanced(argument, annex));
}

/** `sizebalanced`, likewise. */
export function compileSizeBalanced(argument: BalancedArgument, annex: Annex): Operand {
  return keepingPresent(argument, annex, compileFullySizeBalanced(argument, annex));
}

/** "present or (not copies=GROUP:N and fully...)"; with `--rebalance` only the last (12.1). */
function keepingPresent(
  { group, number }: BalancedArgument,
  annex: Annex,
  fully: Operand,
): Operand {
  if (annex.configuration.rebalance) return fully;
  // The real term: with a group named after a trust level it counts that trust level.
  const hasCopies = compileCopies({ of: copiesOf(group), number }, annex);
  return (question) => isPresent(question) || (!hasCopies(question) && fully(question));
}

/** `fullybalanced`: the repository is picked among the members with room. */
export function compileFullyBalanced(argument: BalancedArgument, annex: Annex): Operand {
  const group = annex.group(argument.group);
  const number = Number(argument.number);
  const picked = (question: Question): boolean => isPicked(group, number, question);
  const { rebalance, fullyBalancedThresholdPercent } = annex.configuration;
  if (!rebalance || number <= 1) return picked;
  return (question) =>
    number > group.members.length - countTooFull(group, fullyBalancedThresholdPercent, question)
      ? isAmongFreest(group, number, question)
      : picked(question);
}

/** `fullysizebalanced`: among the members with the largest share of free space. */
export function compileFullySizeBalanced(argument: BalancedArgument, annex: Annex): Operand {
  const group = annex.group(argument.group);
  const number = Number(argument.number);
  return (question) => isAmongFreest(group, number, question);
}

/** Whether c[(h + i) mod m] is the repository for some i below N (12.2). */
function isPicked(group: Group, number: number, question: Question): boolean {
  const own = group.places.get(question.repository);
  if (own === undefined || number <= 0 || !hasRoom(group, own, question)) return false;
  let candidates = 0;
  let position = 0;
  for (let place = 0; place < group.members.length; place += 1) {
    if (place === own) position = candidates;
    if (place === own || hasRoom(group, place, question)) candidates += 1;
  }
  if (number >= candidates) return true;
  const first = group.hash().first(question.item.keyText, candidates);
  return (position - first + candidates) % candidates < number;
}

/** A member without a maxsize or a known size has room; exactly full is still room (12.3). */
function hasRoom(group: Group, place: number, { item, world, presence }: Question): boolean {
  const maxsizeBytes = group.maxsizesBytes[place];
  const member = group.members[place];
  if (maxsizeBytes === undefined || member === undefined) return true;
  const sizeBytes = world.sizeBytes(member);
  if (sizeBytes === undefined) return true;
  if (isLogged(presence, member)) return sizeBytes <= maxsizeBytes;
  return sizeBytes + (item.key.sizeBytes ?? 0n) <= maxsizeBytes;
}

/**
 * Whether the repository is one of the N candidates with the largest share of free space; "among equal
 * shares the highest UUID first" (12.4). All of those are picked, so the hash says nothing here.
 */
function isAmongFreest(group: Group, number: number, question: Question): boolean {
  const own = group.places.get(question.repository);
  if (own === undefined || number <= 0) return false;
  const ownShare = freeShare(group, own, question);
  if (ownShare === undefined) return false;
  let ahead = 0;
  for (let place = 0; place < group.members.length; place += 1) {
    const share = place === own ? undefined : freeShare(group, place, question);
    if (share !== undefined && (share > ownShare || (share === ownShare && place > own))) {
      ahead += 1;
      if (ahead >= number) return false;
    }
  }
  return true;
}

/** The share of its maxsize that is free; `undefined` for a member that is no candidate (12.4). */
function freeShare(group: Group, place: number, question: Question): number | undefined {
  const maxsizeBytes = group.maxsizesBytes[place];
  const member = group.members[place];
  if (maxsizeBytes === undefined || maxsizeBytes <= 0n || member === undefined) return undefined;
  const sizeBytes = question.world.sizeBytes(member) ?? 0n;
  const keyBytes = question.item.key.sizeBytes ?? 0n;
  const isHolder = isLogged(question.presence, member);
  if ((isHolder ? sizeBytes : sizeBytes + keyBytes) > maxsizeBytes) return undefined;
  return doubleOf(maxsizeBytes - sizeBytes + (isHolder ? keyBytes : 0n)) / doubleOf(maxsizeBytes);
}

/** Members at or over the threshold (12.5). */
function countTooFull(group: Group, thresholdPercent: number, { world }: Question): number {
  let count = 0;
  for (const [place, member] of group.members.entries()) {
    const maxsizeBytes = group.maxsizesBytes[place];
    if (maxsizeBytes === undefined || maxsizeBytes === 0n) continue;
    const sizeBytes = world.sizeBytes(member);
    if (sizeBytes === undefined) continue;
    if (doubleOf(sizeBytes) >= doubleOf(maxsizeBytes) * (thresholdPercent / 100)) count += 1;
  }
  return count;
}
