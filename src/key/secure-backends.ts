import type { Key } from './key.ts';

/** Backends for which nobody can make two contents of one key (git-annex: "cryptographically secure"). */
const secure = /^(?:SHA(?:224|256|384|512)|SHA3_(?:224|256|384|512)|SKEIN(?:256|512)|BLAKE2\w+)E?$/;

/** Whether a key may be stored where `annex.securehashesonly` is set. */
export function isSecure(key: Key): boolean {
  return secure.test(key.backend);
}
