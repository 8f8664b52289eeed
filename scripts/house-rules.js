// Rules of the house that no tool at hand knows: files stay short and folders small, no marker is left in
// code, what is exported is documented, the folders of a room form no circle, nothing but the seams reaches
// for the machine, no name is exported twice, tests lie where their rooms do, what is cited of docs/spec and of the
// decisions is there, and each code of an error has a reader.
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brokenCitations, citable } from './citations.js';
import { brokenDocs } from './doc-comments.js';
import { errorCodeBreaches } from './error-codes.js';
import { sharedNames } from './exported-names.js';
import { roomCircles } from './room-circles.js';
import { beyondSeams } from './seams.js';
import { misplacedTests } from './test-places.js';

/** @typedef {import('./citations.js').Citable} Citable */

/** A file beyond this holds two things. */
const linesMax = 320;
/** Tests that are longer still. The list only shrinks: who parts one takes it out. */
const longTests = new Set([
  'test/cli/sim/run.test.ts',
  'test/cli/sim/state.test.ts',
  'test/gateway/http/broken-clients.test.ts',
  'test/gateway/line/scripts.test.ts',
  'test/gateway/nodes/slow-and-failing-nodes.test.ts',
  'test/gateway/pushes/pushes.test.ts',
  'test/gateway/repositories/served-directories.test.ts',
  'test/nodes/storage-node-suite.ts',
  'test/repository/annex-branch-git-annex.test.ts',
  'test/repository/annex-branch.test.ts',
  'test/repository/object-store-git-annex.test.ts',
  'test/repository/object-store.test.ts',
  'test/simulation/simulation.test.ts',
  'test/simulation/time.test.ts',
]);
/** A folder with more than these holds two rooms. */
const filesMax = 15;
const foldersShort = ['src', 'models', 'properties', 'test', 'bench', 'scripts'];
const foldersClean = [...foldersShort, 'grammar'];
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
// Put together, so that this file obeys the rule.
const markers = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['XX', 'X'],
].map((parts) => parts.join(''));
const marker = new RegExp(`\\b(?:${markers.join('|')})\\b`);

/**
 * Every breach of the rules under a folder, a line each.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function breaches(root) {
  const there = await citable(root);
  const found = foldersClean.map((folder) => breachesIn(root, folder, there));
  return (
    await Promise.all([
      ...found,
      brokenInPages(root, there),
      roomCircles(root),
      errorCodeBreaches(root),
      beyondSeams(root),
      sharedNames(root),
      misplacedTests(root),
    ])
  ).flat();
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {Citable} there
 * @returns {Promise<string[]>}
 */
async function breachesIn(root, folder, there) {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  const sources = names.filter(
    (name) => /\.(?:ts|js|ohm)$/.test(name) && !name.includes('.ohm-bundle.'),
  );
  const found = sources.sort().map(async (name) => {
    const path = join(folder, name);
    const text = await readFile(join(root, path), 'utf8');
    const lines = text.split('\n');
    const broken = brokenCitations(path, text, there);
    return tooLong(path, folder, lines).concat(marked(path, lines), broken, brokenDocs(path, text));
  });
  const full = folder === 'src' ? tooFull(sources.map((name) => join(folder, name))) : [];
  return (await Promise.all(found)).flat().concat(full);
}

/**
 * @param {string} root
 * @param {Citable} there
 * @returns {Promise<string[]>}
 */
async function brokenInPages(root, there) {
  const names = await readdir(join(root, 'docs'), { recursive: true }).catch(() => []);
  const docs = names.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  const found = [...pages, ...docs.sort()].map(async (path) => {
    const text = await readFile(join(root, path), 'utf8').catch(() => '');
    return brokenCitations(path, text, there);
  });
  return (await Promise.all(found)).flat();
}

/**
 * @param {string} path
 * @param {string} folder
 * @param {readonly string[]} lines
 * @returns {string[]}
 */
function tooLong(path, folder, lines) {
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (longTests.has(path))
    return count > linesMax ? [] : [`${path} is short by now: take it out of the long ones`];
  if (count <= linesMax || !foldersShort.includes(folder)) return [];
  return [`${path} has ${count} lines; ${linesMax} is the limit: it holds two things, part them`];
}

/**
 * @param {readonly string[]} paths
 * @returns {string[]}
 */
function tooFull(paths) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].flatMap(([folder, count]) =>
    count <= filesMax
      ? []
      : [`${folder}/ has ${count} files; ${filesMax} is the limit: make rooms`],
  );
}

/**
 * @param {string} path
 * @param {readonly string[]} lines
 * @returns {string[]}
 */
function marked(path, lines) {
  return lines.flatMap((line, index) => {
    const found = marker.exec(line);
    return found === null ? [] : [`${path}:${index + 1} has ${found[0]}; do it, or file an issue`];
  });
}
