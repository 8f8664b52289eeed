/**
 * The pick of the balanced terms: a hash of the key, keyed with all members of the group, says
 * where among the candidates to begin (spec/expressions.md section 12.2).
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { compareBytes, encodeText, type Uuid } from '../../units/index.ts';

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

/** Who takes a key. */
export interface Picks {
  /** The members that can take it, ascending by bytes. */
  readonly candidates: readonly Uuid[];
  /** Where among these the pick begins; `undefined` without any, and where no hash decides. */
  readonly first: number | undefined;
  /** The members that take it, in the order of the pick. */
  readonly picked: readonly Uuid[];
}

/**
 * The picks by hash among one set of members. The next key takes the place of the last one, so that a
 * question allocates nothing:
 *
 * 1. `begin` with a key;
 * 2. `add` each member in the order of places, whether it is a candidate or not;
 * 3. ask: about one member, or for all of the pick.
 */
export class PickByHash {
  readonly #members: readonly Uuid[];
  readonly #hash: KeyHash;
  /** Of each member, its place among the candidates; -1 for who is none. */
  readonly #positions: Int32Array;
  #keyText = '';
  #candidates = 0;

  /** @param members ascending by bytes, each once. */
  constructor(members: readonly Uuid[]) {
    this.#members = members;
    this.#hash = keyHash(members);
    this.#positions = new Int32Array(members.length);
  }

  /** A new key, for which nobody is a candidate yet. */
  begin(keyText: string): void {
    this.#keyText = keyText;
    this.#candidates = 0;
  }

  /** The next member: whether it can take the key. */
  add(place: number, isCandidate: boolean): void {
    this.#positions[place] = isCandidate ? this.#candidates : -1;
    if (isCandidate) this.#candidates += 1;
  }

  /** Whether the member at a place is among so many that take the key. The hash is made when it decides. */
  isPicked(place: number, number: number): boolean {
    if (number <= 0 || (this.#positions[place] ?? -1) < 0) return false;
    return number >= this.#candidates || (this.#rank(place, this.#first()) ?? number) < number;
  }

  /** All of the pick. */
  picks(number: number): Picks {
    if (this.#candidates === 0) return { candidates: [], first: undefined, picked: [] };
    const first = this.#first();
    return { first, ...picksByRank(this.#members, (place) => this.#rank(place, first), number) };
  }

  #first(): number {
    return this.#hash.first(this.#keyText, this.#candidates);
  }

  /** How many candidates take the key before a member: from the first on, and round. */
  #rank(place: number, first: number): number | undefined {
    const position = this.#positions[place] ?? -1;
    if (position < 0) return undefined;
    return (position - first + this.#candidates) % this.#candidates;
  }
}

/**
 * The candidates in the order of their ranks, and as many of them as are picked.
 * @param rankOf how many candidates come before the member at a place; `undefined` for who is none.
 */
export function picksByRank(
  members: readonly Uuid[],
  rankOf: (place: number) => number | undefined,
  number: number,
): Pick<Picks, 'candidates' | 'picked'> {
  const candidates: Uuid[] = [];
  const inOrder: Uuid[] = [];
  for (const [place, member] of members.entries()) {
    const rank = rankOf(place);
    if (rank === undefined) continue;
    candidates.push(member);
    inOrder[rank] = member;
  }
  return { candidates, picked: inOrder.slice(0, Math.max(0, number)) };
}

/** What a pick is made from. */
export interface PickFrom {
  readonly members: Iterable<Uuid>;
  /** The members that can take the key; all of them when left out, and nobody else if given. */
  readonly candidates?: Iterable<Uuid>;
  readonly keyText: string;
  /** How many to pick; 0 or less picks nobody. */
  readonly number: number;
}

/**
 * The pick by hash among some members. A function of the two sets alone: the order and repetition of what
 * is given do not matter.
 */
export function picks({ members, candidates = members, keyText, number }: PickFrom): Picks {
  const sorted = [...new Set(members)].sort(compareBytes);
  const isCandidate = new Set(candidates);
  const pick = new PickByHash(sorted);
  pick.begin(keyText);
  for (const [place, member] of sorted.entries()) pick.add(place, isCandidate.has(member));
  return pick.picks(number);
}

/** The members of a group that take a key, in the order of the pick: see {@link picks}. */
export function pick(from: PickFrom): readonly Uuid[] {
  return picks(from).picked;
}
