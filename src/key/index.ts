/** Keys: the names that git-annex gives to contents, and where they are kept. */
export { hashDirectoryLower, hashDirectoryMixed, type Md5 } from './hash-directories.ts';
export { keyFile, parseKeyFile } from './key-file.ts';
export {
  contentSizeBytes,
  keyLengthMax,
  parseKey,
  serializeKey,
  serializeUnchunkedKey,
  type Key,
} from './key.ts';
export type { Hasher, MakeHasher } from './hasher.ts';
export { isSecure } from './secure-backends.ts';
export { hashNames, makePureHasher } from './pure-hasher.ts';
export { pointedKey, pointerBytesMax } from './pointer.ts';
export {
  makeEquivalentVerifier,
  makeVerifier,
  namesItsContent,
  UnverifiableKeyError,
  type Verifier,
} from './verifier.ts';
