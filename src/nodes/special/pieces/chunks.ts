/**
 * How a content is cut for a special remote (spec/special-remotes.md section 3): chunk n, from 1, has the key
 * of the content with the size of chunks and its number; a content without a size is never cut.
 */
import type { Key } from '../../../key/index.ts';

/** One way in which a special remote may have a content. */
export type Cut =
  | { readonly kind: 'whole' }
  | { readonly kind: 'chunks'; readonly chunkBytes: bigint; readonly count: bigint };

/** What of a content is in one piece. */
export interface ChunkPart {
  /** The key of the piece, before it is encrypted. */
  readonly key: Key;
  /** Where in the content it begins, bytes. */
  readonly fromByte: number;
  /** Bytes of it; `undefined` for all of a content of unknown size. */
  readonly lengthBytes: number | undefined;
}

const whole: Cut = { kind: 'whole' };

/** How many chunks a content has: an empty one has one, and a multiple of the size no empty last one. */
function countOf(sizeBytes: bigint, chunkBytes: bigint): bigint {
  return sizeBytes === 0n ? 1n : (sizeBytes + chunkBytes - 1n) / chunkBytes;
}

/** How a content is stored now. */
export function cutToStore(key: Key, chunkBytes: bigint | undefined): Cut {
  if (chunkBytes === undefined || key.sizeBytes === undefined) return whole;
  return { kind: 'chunks', chunkBytes, count: countOf(key.sizeBytes, chunkBytes) };
}

/**
 * The ways in which a content may be there, in the order in which they are tried: logged
 * chunks, the whole, chunks of the configured size though no log has them. What is not cut now, or has no
 * log, is looked for as a whole first (spec/special-remotes.md section 3.3).
 *
 * @param logged sizes with how many chunks there are; those with none are passed over.
 */
export function cutsToRead(
  key: Key,
  chunkBytes: bigint | undefined,
  logged: readonly { readonly chunkBytes: bigint; readonly count: bigint }[],
): readonly Cut[] {
  const there = logged
    .filter(({ count }) => count > 0n)
    .map(({ chunkBytes: size, count }) => ({ kind: 'chunks' as const, chunkBytes: size, count }));
  const configured = cutToStore(key, chunkBytes);
  const isLogged =
    configured.kind === 'whole' || there.some((one) => one.chunkBytes === configured.chunkBytes);
  const unlogged = isLogged ? [] : [configured];
  const isCut = configured.kind === 'chunks' && there.length > 0;
  return isCut ? [...there, whole, ...unlogged] : [whole, ...there, ...unlogged];
}

/** The part at a place in a cut, counted from 0. */
export function partAt(key: Key, cut: Cut, place: number): ChunkPart {
  const sizeBytes = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes);
  if (cut.kind === 'whole') return { key, fromByte: 0, lengthBytes: sizeBytes };
  const { chunkBytes } = cut;
  const fromByte = place * Number(chunkBytes);
  return {
    key: { ...key, chunkSizeBytes: chunkBytes, chunkNumber: BigInt(place) + 1n },
    fromByte,
    lengthBytes:
      sizeBytes === undefined
        ? undefined
        : Math.max(0, Math.min(Number(chunkBytes), sizeBytes - fromByte)),
  };
}

/** How many parts a cut has. */
export function partsOf(cut: Cut): number {
  return cut.kind === 'whole' ? 1 : Number(cut.count);
}

/** The place of the part that a byte is in; of the last one for bytes beyond the end. */
export function placeOf(cut: Cut, byte: number): number {
  if (cut.kind === 'whole') return 0;
  return Math.min(Math.floor(byte / Number(cut.chunkBytes)), partsOf(cut) - 1);
}
