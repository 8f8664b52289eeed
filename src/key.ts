/**
 * What `import { ... } from "ballast/key"` promises: the names that everything goes by. Keys, which name
 * contents, with the places where git-annex keeps them and what verifies a content by its key; UUIDs, which
 * name repositories; the text that all names are, in which no byte is lost; and the error that all errors of
 * ballast are. Runs in a browser.
 */
export {
  contentSizeBytes,
  hashDirectoryLower,
  hashDirectoryMixed,
  hashNames,
  isSecure,
  keyFile,
  keyLengthMax,
  makePureHasher,
  makeVerifier,
  namesItsContent,
  parseKey,
  parseKeyFile,
  serializeKey,
  serializeUnchunkedKey,
  UnverifiableKeyError,
  type Hasher,
  type Key,
  type MakeHasher,
  type Md5,
  type Verifier,
} from './key/index.ts';
export {
  BallastError,
  decodeText,
  encodeText,
  hasUndecodableBytes,
  isClusterUuid,
  parseUuid,
  uuidFromBytes,
  uuidLengthMax,
  type BallastErrorOptions,
  type Uuid,
} from './units/index.ts';
