/** What most tests of objects need. */
export { begin, collect, get, keyOf, put, sha256Key } from './keys-and-contents.ts';
export { temporaryDirectory } from './temporary-directory.ts';
