/**
 * The name of a branch file in the journal: `_` is written `__`, then `/` is written `_`
 * (spec/git-annex-branch.md section 3.5).
 */
export function journalName(path: string): string {
  return path.replaceAll('_', '__').replaceAll('/', '_');
}

/**
 * The branch file that a name in the journal stands for. Three underscores in a row could be read
 * in two ways; after the directories of a key they are taken as the end of these and a key that
 * begins with an underscore. (git-annex reads them the other way and so loses the log of such a
 * key.)
 */
export function journalPath(name: string): string {
  const ofKey = keyDirectories.exec(name);
  if (ofKey === null) return decoded(name);
  const [prefix, first, second] = ofKey;
  return `${first}/${second}/${decoded(name.slice(prefix.length))}`;
}

/** `f87_4d5_` with an even number of underscores after it, which are the file's own. */
const keyDirectories = /^([0-9a-f]{3})_([0-9a-f]{3})_(?=(?:__)*(?:[^_]|$))/;

function decoded(text: string): string {
  return text.replace(/__|_/g, (escape) => (escape === '__' ? '_' : '/'));
}

/**
 * Whether git takes a path as the name of a file in a tree. A journal may hold anything; what git
 * refuses would make every later commit fail.
 */
export function isTreePath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  return path.split('/').every((part) => !/^(?:|\.|\.\.|\.git)$/i.test(part));
}
