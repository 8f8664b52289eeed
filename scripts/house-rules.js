// Rules of the house that no tool at hand knows: files stay short, no marker is left in code, the
// folders of a room form no circle, nothing but the seams reaches for the machine, what is cited of
// docs/spec and of the decisions is there, and each code of an error has a reader.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brokenCitations, citable } from './citations.js';
import { errorCodeBreaches } from './error-codes.js';
import { roomCircles } from './room-circles.js';
import { beyondSeams } from './seams.js';

/** @typedef {import('./citations.js').Citable} Citable */

/** A file beyond this holds two things. */
const linesMax = 500;
const foldersShort = ['src', 'models', 'properties'];
const foldersClean = [...foldersShort, 'bench', 'grammar', 'scripts', 'test'];
const pages = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'];
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
    return tooLong(path, folder, lines).concat(marked(path, lines), broken);
  });
  return (await Promise.all(found)).flat();
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
  if (count <= linesMax || !foldersShort.includes(folder)) return [];
  return [`${path} has ${count} lines; ${linesMax} is the limit: it holds two things, part them`];
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
