import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';

/** A hash taken of bytes as they come. */
export interface Hasher {
  update(piece: Uint8Array): void;
  /** Lower case hexadecimal; ends the hasher. */
  digestHex(): string;
}

/** Makes a hasher for a backend's hash (`SHA256`, `BLAKE2B160`), or `undefined` when it cannot. */
export type MakeHasher = (hash: string) => Hasher | undefined;

interface PureHash {
  update(piece: Uint8Array): unknown;
  digest(): Uint8Array;
}

const pureHashes: Readonly<Record<string, () => PureHash>> = {
  MD5: () => md5.create(),
  SHA1: () => sha1.create(),
  SHA224: () => sha224.create(),
  SHA256: () => sha256.create(),
  SHA384: () => sha384.create(),
  SHA512: () => sha512.create(),
  SHA3_224: () => sha3_224.create(),
  SHA3_256: () => sha3_256.create(),
  SHA3_384: () => sha3_384.create(),
  SHA3_512: () => sha3_512.create(),
  BLAKE2B160: () => blake2b.create({ dkLen: 20 }),
  BLAKE2B224: () => blake2b.create({ dkLen: 28 }),
  BLAKE2B256: () => blake2b.create({ dkLen: 32 }),
  BLAKE2B384: () => blake2b.create({ dkLen: 48 }),
  BLAKE2B512: () => blake2b.create({ dkLen: 64 }),
  BLAKE2S160: () => blake2s.create({ dkLen: 20 }),
  BLAKE2S224: () => blake2s.create({ dkLen: 28 }),
  BLAKE2S256: () => blake2s.create({ dkLen: 32 }),
};

/**
 * Hashers that run anywhere, a browser included. Slow for contents (tens of MB/s); a program on
 * Node puts OpenSSL's in front of them.
 */
export const makePureHasher: MakeHasher = (hash) => {
  const make = Object.hasOwn(pureHashes, hash) ? pureHashes[hash] : undefined;
  if (make === undefined) return undefined;
  const running = make();
  return {
    update: (piece) => void running.update(piece),
    digestHex: () =>
      [...running.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
};
