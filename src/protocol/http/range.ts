/** What a Range header asks for, while the size of the content may be unknown. */
export type AskedRange =
  | {
      readonly kind: 'from';
      readonly fromByte: number;
      /** Past the last byte wanted; `undefined` for the rest of the content. */
      readonly untilByte: number | undefined;
    }
  | { readonly kind: 'last'; readonly lengthBytes: number };

/** A part of a content: from a byte until before another. */
export interface ByteRange {
  readonly fromByte: number;
  readonly untilByte: number;
}

const oneRange = /^bytes=[ \t,]*(?:(\d+)-(\d*)|-(\d+))[ \t,]*$/i;

/**
 * The one range that a Range header asks for. A header that asks for several, in another unit, or
 * makes no sense is `undefined` and to be ignored: the whole content is then a right answer (RFC
 * 9110 section 14.2).
 */
export function parseRange(header: string | undefined): AskedRange | undefined {
  const match = header === undefined ? null : oneRange.exec(header);
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (first === undefined) return { kind: 'last', lengthBytes: bytes(suffix ?? '') };
  const fromByte = bytes(first);
  if (last === undefined || last === '') return { kind: 'from', fromByte, untilByte: undefined };
  if (Number(last) < Number(first)) return undefined;
  return { kind: 'from', fromByte, untilByte: bytes(last) + 1 };
}

/**
 * The part of a content of some size that is asked for. An empty content has no part that could be
 * named in an answer, so it is always sent whole.
 */
export function rangeWithin(
  asked: AskedRange,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  if (sizeBytes === 0) return 'whole';
  if (asked.kind === 'last') {
    if (asked.lengthBytes === 0) return 'unsatisfiable';
    return { fromByte: Math.max(0, sizeBytes - asked.lengthBytes), untilByte: sizeBytes };
  }
  if (asked.fromByte >= sizeBytes) return 'unsatisfiable';
  return {
    fromByte: asked.fromByte,
    untilByte: Math.min(asked.untilByte ?? sizeBytes, sizeBytes),
  };
}

/** Beyond 2^53 every number is as good as any other: no content is that large. */
function bytes(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1);
}
