/** Writes docs/api.md, the names that the library promises: `node scripts/api-page.js`. */
import { realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surfaceOf } from './library-surface.js';

/** @typedef {import('./library-surface.js').Surface} Surface */
/** @typedef {import('./library-surface.js').PromisedName} PromisedName */

const head = `# The library

Every name that a program can import. What is not here may change at any time. Written by
\`node scripts/api-page.js\` from the sources; a test tells when it is not what they say.`;

/**
 * The page, in Markdown: a list of names for each door.
 * @param {Surface} surface
 * @returns {string}
 */
export function apiPage({ doors }) {
  const parts = doors.map(({ specifier, doc, names }) =>
    [`## ${specifier}`, doc, `${names.length} names:`, names.map(line).join('\n')].join('\n\n'),
  );
  return `${[head, ...parts].join('\n\n')}\n`;
}

/**
 * @param {PromisedName} promised
 * @returns {string}
 */
function line({ name, kind, doc }) {
  return `- \`${name}\`, ${kind}: ${firstSentence(doc)}`;
}

/** Where a rule is from, which is for who reads the code. */
const citation = / \((?:spec\/|section )[^()]*\)/g;

/**
 * @param {string} doc
 * @returns {string}
 */
function firstSentence(doc) {
  const text = doc.replace(/\s+/g, ' ').replace(citation, '');
  const [sentence = text] = /^.*?[.;](?= [A-Z`(]|$)/.exec(text) ?? [];
  return sentence.replace(/;$/, '.').replace(/\{@link (\w+) ?\}/g, '`$1`');
}

const self = fileURLToPath(import.meta.url);
if (realpathSync(process.argv[1] ?? '.') === self) {
  const root = dirname(dirname(self));
  writeFileSync(join(root, 'docs', 'api.md'), apiPage(surfaceOf(root)));
}
