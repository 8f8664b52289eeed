/**
 * How a balanced term picked: members, who had no room, where the hash began (spec/expressions.md
 * section 12).
 */
import type { BalancedArgument } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { compilePick, type BalancedName, type WholePick } from '../terms/balanced-pick.ts';
import { nameOf, namesOf } from '../world/names.ts';
import { isLogged, isPresent, type Question } from '../world/question.ts';

/** A member that could not take the key. */
export interface FullMember {
  readonly repository: Uuid;
  readonly maxsizeBytes: bigint | undefined;
  /**
   * By how much it would be over its maxsize; `undefined` when it has none, which size balance
   * wants.
   */
  readonly overBytes: bigint | undefined;
}

/** How a balanced term picked. */
export interface Balance extends WholePick {
  readonly members: readonly Uuid[];
  /** The members that are no candidates. */
  readonly full: readonly FullMember[];
  /** What is there already stays, so nobody had to be picked. */
  readonly isKept: boolean;
}

interface BalanceFrom {
  readonly annex: Annex;
  readonly question: Question;
}

/** The pick of a balanced term. */
export function balanceOf(
  name: BalancedName,
  argument: BalancedArgument,
  { annex, question }: BalanceFrom,
): Balance {
  const { members, maxsizesBytes } = annex.group(argument.group);
  const { number, candidates, by, first, picked } = compilePick(name, argument, annex).whole(
    question,
  );
  const full = members.flatMap((repository, place) =>
    candidates.includes(repository) ? [] : [fullMember(repository, maxsizesBytes[place], question)],
  );
  const isKept = !name.startsWith('fully') && !annex.configuration.rebalance && isPresent(question);
  return { number, members, candidates, full, by, first, picked, isKept };
}

function fullMember(
  repository: Uuid,
  maxsizeBytes: bigint | undefined,
  { item, world, presence }: Question,
): FullMember {
  const sizeBytes = world.sizeBytes(repository) ?? 0n;
  const incomingBytes = isLogged(presence, repository) ? 0n : (item.key.sizeBytes ?? 0n);
  const overBytes =
    maxsizeBytes === undefined ? undefined : sizeBytes + incomingBytes - maxsizeBytes;
  return { repository, maxsizeBytes, overBytes };
}

/** How a balanced term picked, in words. */
export function tellBalance(balance: Balance, { annex, question }: BalanceFrom): string {
  const { number, members, candidates, full, by, first, picked, isKept } = balance;
  if (isKept) return `${nameOf(annex, question.repository)} has it, and keeps it`;
  if (members.length === 0) return 'nobody is in the group';
  const begin = first === undefined ? '' : ` from number ${first + 1}`;
  return [
    `${number} of ${candidates.length} with room (${members.length} members), by ${by}${begin}`,
    `picked ${picked.length === 0 ? 'nobody' : namesOf(annex, picked)}`,
    ...full.map(({ repository, overBytes }) => {
      const name = nameOf(annex, repository);
      if (overBytes === undefined) return `${name} has no maxsize`;
      return overBytes > 0n ? `${name} would be ${overBytes} bytes over` : `${name} is full`;
    }),
  ].join('; ');
}
