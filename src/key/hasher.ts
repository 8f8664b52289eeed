/** A hash taken of bytes as they come. */
export interface Hasher {
  /** Takes the next bytes, of which nothing is kept that the caller could change. */
  update(piece: Uint8Array): void;
  /** Lower case hexadecimal; ends the hasher. */
  digestHex(): string;
}

/** Makes a hasher for a backend's hash (`SHA256`, `BLAKE2B160`), or `undefined` when it cannot. */
export type MakeHasher = (hash: string) => Hasher | undefined;

/** Bytes as lower case hexadecimal, as a digest is written. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
