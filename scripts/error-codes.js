// The codes of errors: each stands in the gateway's table of what a peer is told, and somebody reads it.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the table is: what the gateway tells a peer, by code. */
const tablePath = 'src/gateway/problems.ts';

/** The faces above the gateway: no peer of it ever hears of their trouble. */
const above = 'src/cli/';

/** An error is made: its code is the first argument, or an option. */
const making =
  /(?:\bBallastError|\bsuper)\(\s*(?:[\w.]+ \?\? )?'([A-Z][A-Z_]+)'|\bcode: '([A-Z][A-Z_]+)'/g;

/** A class whose constructor gives its code. */
const maker =
  /\bclass (\w+) extends \w+ \{(?:(?!\n\}\n)[^])*?\bsuper\(\s*(?:[\w.]+ \?\? )?'([A-Z][A-Z_]+)'/g;

const quoted = /'([A-Z][A-Z_]+)'/g;
const row = /^ {2}([A-Z][A-Z_]+): (\w+|\{)/gm;

/** @typedef {{ readonly path: string, readonly text: string }} Source */

/**
 * A line for each code of an error that no row of the table or nobody at all reads, and for each row
 * of which there is no error. A code is read where it is written and no error is made with it, where
 * an error is asked whether it is of the class that gives the code, and by a row that tells the peer
 * more than that something failed.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function errorCodeBreaches(root) {
  const sources = await sourcesIn(root);
  const table = sources.find(({ path }) => path === tablePath)?.text ?? '';
  const troubles = table.slice(table.indexOf('const troubles'));
  const rows = new Map([...troubles.matchAll(row)].map(([, code = '', told]) => [code, told]));
  const made = madeIn(sources);
  const read = readIn(sources.filter(({ path }) => path !== tablePath));
  const lacking = [...made]
    .filter(([code, path]) => !rows.has(code) && !path.startsWith(above))
    .map(([code, path]) => `${path}: the error code ${code} has no row in ${tablePath}`);
  const unread = [...made]
    .filter(([code]) => !read.has(code) && (rows.get(code) ?? 'hidden') === 'hidden')
    .map(([code, path]) => `${path}: nobody reads the error code ${code}; a plain Error will do`);
  const unmade = [...rows.keys()].filter((code) => !made.has(code));
  return [
    ...lacking,
    ...unread,
    ...unmade.map((code) => `${tablePath}: no error has the code ${code}`),
  ];
}

/**
 * The codes that errors are made with, each with a file where that is done.
 * @param {readonly Source[]} sources
 * @returns {ReadonlyMap<string, string>}
 */
function madeIn(sources) {
  const made = sources.flatMap(({ path, text }) =>
    [...text.matchAll(making)].map(([, first, option]) => ({ code: first ?? option ?? '', path })),
  );
  return new Map(made.map(({ code, path }) => [code, path]));
}

/**
 * @param {readonly Source[]} sources
 * @returns {ReadonlySet<string>}
 */
function readIn(sources) {
  const named = sources.flatMap(({ text }) =>
    [...text.replaceAll(making, '').matchAll(quoted)].map(([, code = '']) => code),
  );
  const all = sources.map(({ text }) => text).join('\n');
  const ofClasses = [...all.matchAll(maker)]
    .filter(([, name = '']) => new RegExp(`instanceof ${name}\\b`).test(all))
    .map(([, , code = '']) => code);
  return new Set([...named, ...ofClasses]);
}

/**
 * @param {string} root
 * @returns {Promise<Source[]>}
 */
async function sourcesIn(root) {
  const names = await readdir(join(root, 'src'), { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
  const read = paths.sort().map(async (path) => {
    return { path, text: await readFile(join(root, path), 'utf8') };
  });
  return await Promise.all(read);
}
