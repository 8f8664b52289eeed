import { createHash } from 'node:crypto';
import { makePureHasher, type Hasher, type MakeHasher } from '../key/index.ts';
import { loadSharedHashers } from './shared-hasher.ts';

/**
 * The hashes that OpenSSL has. BLAKE2 it has in one length each, and a shorter digest is not the
 * beginning of a longer one.
 */
const opensslNames: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
  ['SHA3_224', 'sha3-224'],
  ['SHA3_256', 'sha3-256'],
  ['SHA3_384', 'sha3-384'],
  ['SHA3_512', 'sha3-512'],
  ['BLAKE2B512', 'blake2b512'],
  ['BLAKE2S256', 'blake2s256'],
]);

/**
 * The fastest hasher there is for each hash: OpenSSL's, else hash-wasm's, else the one that runs
 * anywhere, which for Skein and the BLAKE2 trees is fast itself. What has to be loaded is loaded
 * once, at the first call (25 ms).
 */
export function loadNativeHasher(): Promise<MakeHasher> {
  loading ??= load();
  return loading;
}

let loading: Promise<MakeHasher> | undefined;

async function load(): Promise<MakeHasher> {
  const shared = await loadSharedHashers();
  return (hash) => {
    const name = opensslNames.get(hash);
    if (name !== undefined) return ofOpenssl(name);
    return shared.get(hash)?.() ?? makePureHasher(hash);
  };
}

function ofOpenssl(name: string): Hasher {
  const running = createHash(name);
  return {
    update: (piece) => void running.update(piece),
    digestHex: () => running.digest('hex'),
  };
}
