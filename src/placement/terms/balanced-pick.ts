/**
 * Whom a balanced term picks (spec/expressions.md section 12, spec/newest.md section 2.4): the only
 * implementation, for who asks about one repository and for who explains all of the pick.
 */
import type { BalancedArgument, BalancedNumber } from '../../expression/index.ts';
import { doubleOf } from '../../units/index.ts';
import type { Annex, Group } from '../world/annex.ts';
import type { WholePick } from '../family/balance.ts';
import { neededCopies } from '../world/needed-copies.ts';
import { picksByRank, type PickByHash } from '../world/pick.ts';
import { isLogged, type Operand, type Question } from '../world/question.ts';
import { whoMatches } from '../world/who-counts.ts';

/** The terms that pick, with or without a test before it. */
export type BalancedName = 'balanced' | 'fullybalanced' | 'sizebalanced' | 'fullysizebalanced';

/** The pick of a term, made ready. */
export interface CompiledPick {
  /** Whether the repository that is asked about is picked. Allocates nothing but sizes. */
  readonly isPicked: Operand;
  /** All of the pick. Cost: for picks by free space, the square of the members. */
  readonly whole: (question: Question) => WholePick;
}

/** Makes the pick of a term ready, whatever the term tests before it. */
export function compilePick(
  name: BalancedName,
  argument: BalancedArgument,
  annex: Annex,
): CompiledPick {
  const group = annex.group(argument.group);
  const numberFor = numberOf(argument.number, group, annex);
  const goesBySize = whenBySize(name, group, annex);
  return {
    isPicked: (question) => {
      const number = numberFor(question);
      return goesBySize(number, question)
        ? isAmongFreest(group, number, question, annex)
        : isPickedByHash(group, number, question);
    },
    whole: (question) => {
      const number = numberFor(question);
      if (!goesBySize(number, question)) {
        return { number, by: 'hash', ...begun(group, question).picks(number) };
      }
      const rankOf = (place: number): number | undefined =>
        rankByShare(group, place, question, annex, group.members.length);
      const { candidates, picked } = picksByRank(group.members, rankOf, number);
      return { number, by: 'free space', first: undefined, candidates, picked };
    },
  };
}

/**
 * "N = needed - |others|", where others are the copies outside of the group that match the limit,
 * untrusted ones left out; copies inside the group never lower it (spec/newest.md section 2.4).
 */
function numberOf(
  number: BalancedNumber,
  group: Group,
  annex: Annex,
): (question: Question) => number {
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

/**
 * When free space decides: always for the terms named after it; for others with `--rebalance`, when too
 * few members are left that are not too full (12.5).
 */
function whenBySize(
  name: BalancedName,
  group: Group,
  annex: Annex,
): (number: number, question: Question) => boolean {
  if (name === 'sizebalanced' || name === 'fullysizebalanced') return () => true;
  if (!annex.configuration.rebalance) return () => false;
  return (number, question) =>
    number > 1 && number > group.members.length - countTooFull(group, question, annex);
}

/** Whether the repository is picked by the hash of the key among the members with room (12.2). */
function isPickedByHash(group: Group, number: number, question: Question): boolean {
  const own = group.places.get(question.repository);
  if (own === undefined || number <= 0 || !hasRoom(group, own, question)) return false;
  return begun(group, question, own).isPicked(own, number);
}

/** The pick by hash, with all candidates; one that is known to have room is not asked again. */
function begun(group: Group, question: Question, roomy = -1): PickByHash {
  const pick = group.pick();
  pick.begin(question.item.keyText);
  for (let place = 0; place < group.members.length; place += 1) {
    pick.add(place, place === roomy || hasRoom(group, place, question));
  }
  return pick;
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
 * Whether the repository is one of the N candidates with the largest share of free space. All of those
 * are picked, so the hash says nothing here (12.4).
 */
function isAmongFreest(group: Group, number: number, question: Question, annex: Annex): boolean {
  const own = group.places.get(question.repository);
  if (own === undefined || number <= 0) return false;
  return (rankByShare(group, own, question, annex, number) ?? number) < number;
}

/**
 * How many candidates have a larger share of free space than a member, "among equal shares the highest
 * UUID first" (12.4); `undefined` for a member that is no candidate. Counted no further than `most`.
 */
function rankByShare(
  group: Group,
  own: number,
  question: Question,
  annex: Annex,
  most: number,
): number | undefined {
  const ownShare = freeShare(group, own, question, annex);
  if (ownShare === undefined) return undefined;
  let ahead = 0;
  for (let place = 0; place < group.members.length && ahead < most; place += 1) {
    const share = place === own ? undefined : freeShare(group, place, question, annex);
    if (share !== undefined && (share > ownShare || (share === ownShare && place > own))) {
      ahead += 1;
    }
  }
  return ahead;
}

/** The share of its maxsize that is free; `undefined` for a member that is no candidate (12.4). */
function freeShare(
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
function countTooFull(
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
