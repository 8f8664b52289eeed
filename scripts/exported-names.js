// One thing per word: no two files of src/ export the same name. Who reads a name in an error, a search or an
// import should not have to ask which one is meant.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files that are rows of one table: each exports the same columns, or the verb that it is named after, and
 * one file gathers them.
 */
const rows = ['src/placement/terms/', 'src/simulation/commands/'];

const declared =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let|enum) (\w+)/gm;

/**
 * Names that more than one file declares and exports, a line each.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function sharedNames(root) {
  const names = await readdir(join(root, 'src'), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.includes('.ohm-bundle.'));
  /** @type {Map<string, string[]>} */
  const files = new Map();
  const paths = sources.map((name) => join('src', name)).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  for (const [at, path] of paths.entries()) {
    for (const name of namesOf(texts[at] ?? ''))
      files.set(name, [...(files.get(name) ?? []), path]);
  }
  return [...files].flatMap(([name, all]) => {
    const others = all.filter((path) => !rows.some((row) => path.startsWith(row)));
    const isShared =
      others.length > 1 || (others.length === 1 && all.length > 1 && !isRow(name, all));
    return isShared ? [`${name} is exported by ${all.join(' and ')}; give one another name`] : [];
  });
}

/**
 * The names that a text declares and exports, each once: overloads are of one thing.
 * @param {string} text
 * @returns {Set<string>}
 */
function namesOf(text) {
  return new Set([...text.matchAll(declared)].map(([, name]) => name ?? ''));
}

/**
 * Whether all files but one are rows, and named after what they export: `wanted` the command and the evaluator's.
 * @param {string} name
 * @param {readonly string[]} all
 * @returns {boolean}
 */
function isRow(name, all) {
  const inRows = all.filter((path) => rows.some((row) => path.startsWith(row)));
  return (
    inRows.length === all.length - 1 &&
    inRows.every((path) => path.endsWith(`/${name}.ts`) || columns.has(name))
  );
}

/** What each row of terms exports. */
const columns = new Set(['because', 'compile', 'lint']);
