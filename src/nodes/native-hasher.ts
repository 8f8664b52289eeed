import { createHash } from 'node:crypto';
import { makePureHasher, type MakeHasher } from '../key/index.ts';

const opensslNames: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA224: 'sha224',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
  SHA3_224: 'sha3-224',
  SHA3_256: 'sha3-256',
  SHA3_384: 'sha3-384',
  SHA3_512: 'sha3-512',
  BLAKE2B512: 'blake2b512',
  BLAKE2S256: 'blake2s256',
};

/** OpenSSL's hashers where it has the hash, else the ones that run anywhere. */
export const makeNativeHasher: MakeHasher = (hash) => {
  const name = Object.hasOwn(opensslNames, hash) ? opensslNames[hash] : undefined;
  if (name === undefined) return makePureHasher(hash);
  const running = createHash(name);
  return {
    update: (piece) => void running.update(piece),
    digestHex: () => running.digest('hex'),
  };
};
