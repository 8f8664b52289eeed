// A test is found from what it is about: it lies in a folder of src/ with test/ or properties/ in place of that.
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';

/** Folders of tests that are about no room: the program among others, the house, what tests share. */
const ownFolders = new Map([
  [
    'test',
    new Set([
      'golden',
      'interop',
      'long',
      'package',
      'repair',
      's3',
      'scripts',
      'special',
      'support',
    ]),
  ],
  ['properties', new Set(['arbitraries'])],
]);

/**
 * The tests that lie where src/ has no folder, a line each.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function misplacedTests(root) {
  const rooms = new Set(await namesUnder(join(root, 'src')));
  const found = [...ownFolders].map(async ([folder, own]) => {
    const tests = (await namesUnder(join(root, folder))).filter((name) =>
      name.endsWith('.test.ts'),
    );
    return tests.flatMap((name) => {
      const place = dirname(name);
      if (rooms.has(place) || own.has(place.split('/')[0] ?? '')) return [];
      return [`${folder}/${name} is in no folder that src/ has: put it where what it tests is`];
    });
  });
  return (await Promise.all(found)).flat().sort();
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function namesUnder(folder) {
  return await readdir(folder, { recursive: true }).catch(() => []);
}
