import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import { hexOf, type Hasher, type MakeHasher } from './hasher.ts';
import { makeBlake2bp, makeBlake2sp } from './hashes/blake2-tree.ts';
import { makeSkein256, makeSkein512 } from './hashes/skein.ts';

const hashers = {
  MD5: () => ofLibrary(md5.create()),
  SHA1: () => ofLibrary(sha1.create()),
  SHA224: () => ofLibrary(sha224.create()),
  SHA256: () => ofLibrary(sha256.create()),
  SHA384: () => ofLibrary(sha384.create()),
  SHA512: () => ofLibrary(sha512.create()),
  SHA3_224: () => ofLibrary(sha3_224.create()),
  SHA3_256: () => ofLibrary(sha3_256.create()),
  SHA3_384: () => ofLibrary(sha3_384.create()),
  SHA3_512: () => ofLibrary(sha3_512.create()),
  SKEIN256: makeSkein256,
  SKEIN512: makeSkein512,
  BLAKE2B160: () => ofLibrary(blake2b.create({ dkLen: 20 })),
  BLAKE2B224: () => ofLibrary(blake2b.create({ dkLen: 28 })),
  BLAKE2B256: () => ofLibrary(blake2b.create({ dkLen: 32 })),
  BLAKE2B384: () => ofLibrary(blake2b.create({ dkLen: 48 })),
  BLAKE2B512: () => ofLibrary(blake2b.create({ dkLen: 64 })),
  BLAKE2BP512: () => makeBlake2bp(64),
  BLAKE2S160: () => ofLibrary(blake2s.create({ dkLen: 20 })),
  BLAKE2S224: () => ofLibrary(blake2s.create({ dkLen: 28 })),
  BLAKE2S256: () => ofLibrary(blake2s.create({ dkLen: 32 })),
  BLAKE2SP224: () => makeBlake2sp(28),
  BLAKE2SP256: () => makeBlake2sp(32),
  BLAKE3_256: () => ofLibrary(blake3.create({ dkLen: 32 })),
} satisfies Record<string, () => Hasher>;

/** The hashes that git-annex's backends take, by the backends' names without an `E`. */
export const hashNames: readonly string[] = Object.keys(hashers);

/**
 * Hashers that run anywhere, a browser included, for every hash there is. Most are slow for
 * contents (tens of MB/s); a program on Node puts faster ones in front of them.
 */
export const makePureHasher: MakeHasher = (hash) => (isHash(hash) ? hashers[hash]() : undefined);

function isHash(name: string): name is keyof typeof hashers {
  return Object.hasOwn(hashers, name);
}

function ofLibrary(running: { update(piece: Uint8Array): unknown; digest(): Uint8Array }): Hasher {
  return {
    update: (piece) => void running.update(piece),
    digestHex: () => hexOf(running.digest()),
  };
}
