/**
 * The pick of the balanced terms: a hash of the key, keyed with all members of the group, says
 * where among the candidates to begin (spec/expressions.md section 12.2).
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeText, type Uuid } from '../../units/index.ts';
import { compareUuids } from './compare-uuids.ts';

/** Hashes keys for one set of members. */
export interface KeyHash {
  /** HMAC-SHA256 of the serialized key; not to be kept, the next call overwrites it. */
  digest(keyText: string): Uint8Array;
  /** The hash as one big-endian number, modulo the number of candidates, which is above 0. */
  first(keyText: string, candidates: number): number;
}

/**
 * The hash for a set of members, ascending by bytes. The key schedule is computed here, once; the
 * hash of the last key is kept, since one key is usually asked about for each member in turn.
 */
export function keyHash(members: readonly Uuid[]): KeyHash {
  const schedule = hmac.create(sha256, encodeText(members.join('')));
  const scratch = schedule.clone();
  const bytes = new Uint8Array(sha256.outputLen);
  let hashed: string | undefined;
  const digest = (keyText: string): Uint8Array => {
    if (keyText === hashed) return bytes;
    schedule._cloneInto(scratch).update(bytesOfKey(keyText)).digestInto(bytes);
    hashed = keyText;
    return bytes;
  };
  const first = (keyText: string, candidates: number): number => {
    let remainder = 0;
    const hash = digest(keyText);
    for (let index = 0; index < hash.length; index += 1) {
      remainder = (remainder * 256 + (hash[index] ?? 0)) % candidates;
    }
    return remainder;
  };
  return { digest, first };
}

/** Up to this length keys are encoded without allocating: those named by a hash are shorter. */
const keyReusedMax = 255;

const place = new Uint8Array(keyReusedMax);
const placeByLength: Uint8Array[] = Array.from({ length: keyReusedMax + 1 }, (_, length) =>
  place.subarray(0, length),
);

/** `encodeText`, sparing short ASCII keys an allocation; the next call overwrites what it gave. */
function bytesOfKey(keyText: string): Uint8Array {
  const bytes = placeByLength[keyText.length];
  if (bytes === undefined) return encodeText(keyText);
  for (let index = 0; index < bytes.length; index += 1) {
    const code = keyText.charCodeAt(index);
    if (code > 0x7f) return encodeText(keyText);
    bytes[index] = code;
  }
  return bytes;
}

/** What a pick is made from. */
export interface PickFrom {
  readonly members: Iterable<Uuid>;
  /** The members that can take the key; all of them when left out. */
  readonly candidates?: Iterable<Uuid>;
  readonly keyText: string;
  /** How many to pick; 0 or less picks nobody. */
  readonly number: number;
}

/**
 * The members of a group that take a key, in the order of the pick. A function of the two sets
 * alone: the order and repetition of what is given do not matter.
 */
export function pick({
  members,
  candidates = members,
  keyText,
  number,
}: PickFrom): readonly Uuid[] {
  const sortedMembers = ascending(members);
  const sortedCandidates = ascending(candidates);
  const count = sortedCandidates.length;
  if (count === 0) return [];
  const first = keyHash(sortedMembers).first(keyText, count);
  return Array.from({ length: Math.max(0, Math.min(number, count)) }, (_, step) => {
    const picked = sortedCandidates[(first + step) % count];
    if (picked === undefined) throw new RangeError('a pick is always among the candidates');
    return picked;
  });
}

function ascending(uuids: Iterable<Uuid>): readonly Uuid[] {
  return [...new Set(uuids)].sort(compareUuids);
}
