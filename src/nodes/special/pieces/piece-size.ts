import type { Key } from '../../../key/index.ts';

/**
 * Bytes of a piece that is stored as it is, by its key; `undefined` where the key does not tell them, as
 * that of an encrypted piece.
 */
export function pieceSizeBytes({
  sizeBytes,
  chunkSizeBytes,
  chunkNumber,
}: Key): number | undefined {
  if (sizeBytes === undefined) return undefined;
  if (chunkSizeBytes === undefined || chunkNumber === undefined) return Number(sizeBytes);
  const left = Number(sizeBytes) - Number(chunkSizeBytes) * (Number(chunkNumber) - 1);
  return Math.max(0, Math.min(Number(chunkSizeBytes), left));
}
