/** The balanced terms (spec/expressions.md section 12, spec/newest.md section 2.4). */
import {
  type BalancedArgument,
  type BalancedNumber,
  type BalancedTest,
  type KeepingBalancedArgument,
} from '../../expression/index.ts';
import { doubleOf } from '../../units/index.ts';
import type { Annex, Group } from '../world/annex.ts';
import { compileCopies, compileLackingCopies, neededCopies } from './copies.ts';
import { whoMatches } from './limit.ts';
import { isLogged, isPresent, type Operand, type Question } from '../world/question.ts';

/** `balanced`: kept where it is; else as {@link compileFullyBalanced} while copies are too few. */
export function compileBalanced(argument: KeepingBalancedArgument, annex: Annex): Operand {
  return keepingPresent(argument.test, annex, compileFullyBalanced(argument, annex));
}

/** `sizebalanced`, likewise. */
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

/** How many members take the key that is asked about. */
type NumberOf = (question: Question) => number;

/**
 * "N = needed - |others|", where others are the copies outside of the group that match the limit,
 * untrusted ones left out; copies inside the group never lower it (spec/newest.md section 2.4).
 */
export function numberOf(number: BalancedNumber, group: Group, annex: Annex): NumberOf {
  if (number.kind === 'fixed') {
    const fixed = Number(number.number);
    return () => fixed;
  }
  const needed = neededCopies(annex);
  const matches = number.limit === undefined ? undefined : whoMatches(number.limit, annex);
  return (question) => {
    let others = 0;
    for (const uuid of question.presence.live) {
      if (group.places.has(uuid) || annex.trust(uuid) === 'untrusted') continue;
      if (matches === undefined || matches(uuid)) others += 1;
    }
    return needed(question) - others;
  };
}

/** `fullybalanced`: the repository is picked among the members with room. */
export function compileFullyBalanced(argument: BalancedArgument, annex: Annex): Operand {
  const group = annex.group(argument.group);
  const number = numberOf(argument.number, group, annex);
  if (!annex.configuration.rebalance) {
    return (question) => isPicked(group, number(question), question);
  }
  return (question) => {
    const wanted = number(question);
    return wanted > 1 && wanted > group.members.length - countTooFull(group, question, annex)
      ? isAmongFreest(group, wanted, question, annex)
      : isPicked(group, wanted, question);
  };
}

/** `fullysizebalanced`: among the members with the largest share of free space. */
export function compileFullySizeBalanced(argument: BalancedArgument, annex: Annex): Operand {
  const group = annex.group(argument.group);
  const number = numberOf(argument.number, group, annex);
  return (question) => isAmongFreest(group, number(question), question, annex);
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
export function hasRoom(group: Group, place: number, { item, world, presence }: Question): boolean {
  const maxsizeBytes = group.maxsizesBytes[place];
  const member = group.members[place];
  if (maxsizeBytes === undefined || member === undefined) return true;
  const sizeBytes = world.sizeBytes(member);
  if (sizeBytes === undefined) return true;
  if (isLogged(presence, member)) return sizeBytes <= maxsizeBytes;
  return sizeBytes + (item.key.sizeBytes ?? 0n) <= maxsizeBytes;
}

/**
 * Whether the repository is one of the N candidates with the largest share of free space; "among
 * equal shares the highest UUID first" (12.4). All of those are picked, so the hash says nothing
 * here.
 */
function isAmongFreest(group: Group, number: number, question: Question, annex: Annex): boolean {
  const own = group.places.get(question.repository);
  if (own === undefined || number <= 0) return false;
  const ownShare = freeShare(group, own, question, annex);
  if (ownShare === undefined) return false;
  let ahead = 0;
  for (let place = 0; place < group.members.length; place += 1) {
    const share = place === own ? undefined : freeShare(group, place, question, annex);
    if (share !== undefined && (share > ownShare || (share === ownShare && place > own))) {
      ahead += 1;
      if (ahead >= number) return false;
    }
  }
  return true;
}

/** The share of its maxsize that is free; `undefined` for a member that is no candidate (12.4). */
export function freeShare(
  group: Group,
  place: number,
  question: Question,
  { largeNumbers }: Annex,
): number | undefined {
  const maxsizeBytes = group.maxsizesBytes[place];
  const member = group.members[place];
  if (maxsizeBytes === undefined || maxsizeBytes <= 0n || member === undefined) return undefined;
  const sizeBytes = question.world.sizeBytes(member) ?? 0n;
  const keyBytes = question.item.key.sizeBytes ?? 0n;
  const isHolder = isLogged(question.presence, member);
  if ((isHolder ? sizeBytes : sizeBytes + keyBytes) > maxsizeBytes) return undefined;
  const freeBytes = maxsizeBytes - sizeBytes + (isHolder ? keyBytes : 0n);
  return doubleOf(freeBytes, largeNumbers) / doubleOf(maxsizeBytes, largeNumbers);
}

/** Members at or over the threshold (12.5). */
export function countTooFull(
  group: Group,
  { world }: Question,
  { configuration, largeNumbers }: Annex,
): number {
  const { fullyBalancedThresholdPercent: thresholdPercent } = configuration;
  let count = 0;
  for (const [place, member] of group.members.entries()) {
    const maxsizeBytes = group.maxsizesBytes[place];
    if (maxsizeBytes === undefined || maxsizeBytes === 0n) continue;
    const sizeBytes = world.sizeBytes(member);
    if (sizeBytes === undefined) continue;
    const thresholdBytes = doubleOf(maxsizeBytes, largeNumbers) * (thresholdPercent / 100);
    if (doubleOf(sizeBytes, largeNumbers) >= thresholdBytes) count += 1;
  }
  return count;
}
