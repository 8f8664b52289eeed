import {
  hashDirectoryLower,
  makePureHasher,
  makeVerifier,
  parseKey,
  parseUuid,
  serializeKey,
  type Key,
  type Uuid,
} from 'ballast/key';

const text = 'MD5-s5--5d41402abc4b2a76b9719d911017c592';
const key: Key | undefined = parseKey(text);
if (key === undefined) throw new Error('no key');
const verifier = makeVerifier(key, makePureHasher);
verifier.update(Uint8Array.from([0x68, 0x65, 0x6c, 0x6c, 0x6f]));
const directory: string = hashDirectoryLower(key);
const uuid: Uuid | undefined = parseUuid('not a uuid');
if (!verifier.matches() || serializeKey(key) !== text || uuid !== undefined || directory === '')
  throw new Error('ballast/key is not what it says');
