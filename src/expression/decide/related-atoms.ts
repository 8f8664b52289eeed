/**
 * What the answer to one question says of the answer to another (spec/expressions.md section 6).
 */
import { path, type Atom, type Counted } from './atoms.ts';
import { trustLevels } from '../terms/copies-arguments.ts';
import type { GroupLimit } from '../terms/group-limit.ts';

/** An atom or its negation. */
export interface Literal {
  readonly atom: Atom;
  readonly isNegated: boolean;
}

/**
 * Whether the second holds in every world where the first does. Where this is false it may still be
 * so: only pairs are looked at, and only the relations here are known.
 */
export function implies(left: Literal, right: Literal): boolean {
  if (left.atom.name === right.atom.name) return left.isNegated === right.isNegated;
  if (left.isNegated) return right.isNegated && forces(right.atom, left.atom);
  return right.isNegated ? excludes(left.atom, right.atom) : forces(left.atom, right.atom);
}

/** Whether no world answers both with yes. */
function excludes({ asks: left }: Atom, { asks: right }: Atom): boolean {
  if (left.kind === 'backend') return right.kind === 'backend';
  return isUnused(left) ? needsFile(right) : isUnused(right) && needsFile(left);
}

/** Whether yes to the first is yes to the second. */
function forces({ asks: left }: Atom, { asks: right }: Atom): boolean {
  switch (right.kind) {
    case 'smaller':
      return left.kind === 'smaller' && left.bytes <= right.bytes;
    case 'copies':
      return left.kind === 'copies' && left.number >= right.number && isWithin(left.of, right.of);
    case 'lacking':
      // More repositories counted is more copies, and so fewer lacking.
      return (
        left.kind === 'lacking' &&
        left.needed === right.needed &&
        left.number >= right.number &&
        isLimitWithin(right.of, left.of)
      );
    case 'matches':
      // `*` matches every text: the path of every file, any value, any url.
      if (right.glob !== '*') return false;
      if (right.what === path && needsFile(left)) return true;
      return (left.kind === 'matches' || left.kind === 'compares') && left.what === right.what;
    default:
      return false;
  }
}

type Asks = Atom['asks'];

/** `unused`: no file uses the key. */
function isUnused(asks: Asks): boolean {
  return asks.kind === 'alone' && asks.term === 'unused';
}

function needsFile(asks: Asks): boolean {
  if (asks.kind === 'matches') return asks.what === path;
  return asks.kind === 'alone' && asks.term === 'inpreferreddir';
}

/** Whether the second counts all that the first counts. */
function isWithin(left: Counted, right: Counted): boolean {
  if (right.kind === 'limit') {
    return left.kind === 'limit'
      ? isLimitWithin(left.limit, right.limit)
      : isEverybody(right.limit);
  }
  const level = trustLevels.indexOf(right.level);
  // "Dead ones never count", so that from untrusted on and from dead on are everybody (section
  // 6.5).
  if (right.orHigher && level <= trustLevels.indexOf('untrusted')) return true;
  if (left.kind === 'limit') return false;
  const own = trustLevels.indexOf(left.level);
  if (right.orHigher) return own >= level;
  return own === level && (!left.orHigher || level === trustLevels.length - 1);
}

function isEverybody({ included, excluded }: GroupLimit): boolean {
  return included.length === 0 && excluded.length === 0;
}

/** By the names of the groups alone, whoever is in them. */
function isLimitWithin(left: GroupLimit, right: GroupLimit): boolean {
  const isIncluded =
    right.included.length === 0 ||
    (left.included.length > 0 && left.included.every((group) => right.included.includes(group)));
  return isIncluded && right.excluded.every((group) => left.excluded.includes(group));
}
