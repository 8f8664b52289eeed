// Rules of the house that no tool at hand knows: files stay short, no marker is left in code, and the
// folders of a room form no circle.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { roomCircles } from './room-circles.js';

/** A file beyond this holds two things. */
const linesMax = 500;
const foldersShort = ['src', 'models', 'properties'];
const foldersClean = [...foldersShort, 'bench', 'grammar', 'scripts', 'test'];
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
  const found = await Promise.all(foldersClean.map((folder) => breachesIn(root, folder)));
  return [...found.flat(), ...(await roomCircles(root))];
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function breachesIn(root, folder) {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  const sources = names.filter(
    (name) => /\.(?:ts|js|ohm)$/.test(name) && !name.includes('.ohm-bundle.'),
  );
  const found = sources.sort().map(async (name) => {
    const path = join(folder, name);
    const lines = (await readFile(join(root, path), 'utf8')).split('\n');
    return tooLong(path, folder, lines).concat(marked(path, lines));
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
