/**
 * How a balanced term picked: members, who had no room, where the hash began (spec/expressions.md
 * section 12).
 */
import type { BalancedArgument } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { countTooFull, freeShare, hasRoom, numberOf } from '../terms/balanced.ts';
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
export interface Balance {
  /** How many are to take the key. */
  readonly number: number;
  readonly members: readonly Uuid[];
  readonly candidates: readonly Uuid[];
  readonly full: readonly FullMember[];
  /** By the hash of the key, or those with the largest share of free space. */
  readonly by: 'hash' | 'free space';
  /** Where among the candidates the pick begins; `undefined` where the hash decides nothing. */
  readonly first: number | undefined;
  readonly picked: readonly Uuid[];
  /** What is there already stays, so nobody had to be picked. */
  readonly isKept: boolean;
}

interface BalanceFrom {
  readonly annex: Annex;
  readonly question: Question;
}

type BalancedName = 'balanced' | 'fullybalanced' | 'sizebalanced' | 'fullysizebalanced';

/** The pick of a balanced term. */
export function balanceOf(
  name: BalancedName,
  argument: BalancedArgument,
  { annex, question }: BalanceFrom,
): Balance {
  const group = annex.group(argument.group);
  const { members } = group;
  const { rebalance } = annex.configuration;
  const number = numberOf(argument.number, group, annex)(question);
  const isTight =
    rebalance && number > 1 && number > members.length - countTooFull(group, question, annex);
  const bySize = name.endsWith('sizebalanced') || isTight;
  const shares = new Map<Uuid, number>();
  const candidates = members.filter((member, place) => {
    if (!bySize) return hasRoom(group, place, question);
    const share = freeShare(group, place, question, annex);
    if (share !== undefined) shares.set(member, share);
    return share !== undefined;
  });
  const full = members.flatMap((repository, place) =>
    candidates.includes(repository)
      ? []
      : [fullMember(repository, group.maxsizesBytes[place], question)],
  );
  const count = candidates.length;
  const first =
    bySize || count === 0 ? undefined : group.hash().first(question.item.keyText, count);
  const ordered = bySize
    ? candidates.toReversed().toSorted((a, b) => (shares.get(b) ?? 0) - (shares.get(a) ?? 0))
    : [...candidates.slice(first), ...candidates.slice(0, first)];
  const isKept = !name.startsWith('fully') && !rebalance && isPresent(question);
  const picked = ordered.slice(0, Math.max(0, number));
  const by = bySize ? 'free space' : 'hash';
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

/** The same in words. */
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
