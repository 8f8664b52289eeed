// No two folders of a room lean on each other, however far around: the one rule of the floors that
// holds within a room, too. Files that lie loose in the room belong to no folder.
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';

const importOf = /(?:from|import\()\s*'(\.[^']+\.ts)'/g;

/**
 * The circles of folders in the rooms under src/, a line each.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function roomCircles(root) {
  const source = join(root, 'src');
  const names = await readdir(source, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith('.ts')).sort();
  /** @type {Map<string, Map<string, string>>} by folder: the folders it imports from, and who does */
  const arrows = new Map();
  for (const file of files) {
    const text = await readFile(join(source, file), 'utf8');
    const from = folderOf(file);
    for (const [, specifier = ''] of text.matchAll(importOf)) {
      const to = folderOf(normalize(join(dirname(file), specifier)));
      if (from === undefined || to === undefined || from === to) continue;
      if (roomOf(from) !== roomOf(to)) continue;
      const known = arrows.get(from) ?? new Map();
      if (!known.has(to)) known.set(to, file);
      arrows.set(from, known);
    }
  }
  return [...arrows.keys()].flatMap((folder) => circleFrom(folder, arrows) ?? []);
}

/**
 * @param {string} file
 * @returns {string | undefined} `gateway/http` for what lies in it or below; none for loose files.
 */
function folderOf(file) {
  const [room, folder, ...rest] = file.split('/');
  return rest.length === 0 ? undefined : `${room}/${folder}`;
}

/** @param {string} folder */
function roomOf(folder) {
  return folder.split('/')[0];
}

/**
 * @param {string} start
 * @param {ReadonlyMap<string, ReadonlyMap<string, string>>} arrows
 * @returns {string | undefined} the shortest way round; told once, at its first folder by name.
 */
function circleFrom(start, arrows) {
  /** @type {string[][]} */
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    const last = way.at(-1) ?? start;
    for (const [next, file] of arrows.get(last) ?? []) {
      if (next === start) {
        if (way.some((folder) => folder < start)) return undefined;
        return `${[...way, start].join(' -> ')} is a circle of folders: part them (src/${file})`;
      }
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
