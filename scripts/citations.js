// What comments and pages cite of docs/spec and docs/decisions.md has to be there.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The numbers that can be cited: of the sections of each page of docs/spec, and of the decisions.
 * @typedef {object} Citable
 * @property {ReadonlyMap<string, ReadonlySet<string>>} pages
 * @property {ReadonlySet<string>} decisions
 */

// A comment may go on in the next line between any two words.
const gap = String.raw`\s+(?:(?:\*|\/\/|#)\s+)?`;
const number = String.raw`\d+(?:\.\d+)*`;
const numbers = `${number}(?:(?:,|,?${gap}(?:and|or|to))${gap}${number})*`;
const page = String.raw`\b(?<place>[sS]pec\/)?(?<page>[a-z][a-z0-9-]*)(?<end>\.md)?\b`;
const pageCitation = new RegExp(
  `${page}(?:\`?,?${gap}(?:[sS]ections?${gap})?(?<numbers>${numbers}))?`,
  'g',
);
// In code only: in a page, a section is one of its own.
const sectionOfNoPage = /\((?:spec )?sections? \d/g;
const decisionCitation = new RegExp(`\\b[dD]ecisions?${gap}(?<numbers>${numbers})`, 'g');

/**
 * @param {string} root
 * @returns {Promise<Citable>}
 */
export async function citable(root) {
  const folder = join(root, 'docs', 'spec');
  const names = await readdir(folder).catch(() => []);
  const pages = names
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return /** @type {const} */ ([name.slice(0, -'.md'.length), numbersIn(text)]);
    });
  const decisions = await readFile(join(root, 'docs', 'decisions.md'), 'utf8').catch(() => '');
  return { pages: new Map(await Promise.all(pages)), decisions: numbersIn(decisions) };
}

/**
 * The numbers of a page's headings, and those of its numbered lists behind that of their heading.
 * @param {string} text
 * @returns {ReadonlySet<string>}
 */
function numbersIn(text) {
  /** @type {Set<string>} */
  const found = new Set();
  let heading = '';
  for (const line of text.split('\n')) {
    const titled = /^#+ (\d+(?:\.\d+)*)\.? /.exec(line)?.[1];
    const listed = /^(\d+)\. /.exec(line)?.[1];
    if (titled !== undefined) heading = `${titled}.`;
    if (titled !== undefined) found.add(titled);
    if (listed !== undefined) found.add(heading + listed);
  }
  return found;
}

/**
 * What a text cites that is not there, a line each.
 * @param {string} path
 * @param {string} text
 * @param {Citable} there
 * @returns {string[]}
 */
export function brokenCitations(path, text, { pages, decisions }) {
  /** @type {{ at: number, what: string }[]} */
  const broken = [];
  for (const { index, groups = {} } of text.matchAll(pageCitation)) {
    const { place, page: name = '', end } = groups;
    const sections = pages.get(name);
    // Without a place, other words and other pages look the same.
    if (place === undefined && (end === undefined || sections === undefined)) continue;
    const cited = `spec/${name}.md`;
    const absent =
      sections === undefined
        ? [cited]
        : missing(groups['numbers'], sections).map((section) => `${cited} section ${section}`);
    broken.push(...absent.map((what) => ({ at: index, what })));
  }
  for (const { index, groups = {} } of text.matchAll(decisionCitation))
    for (const decision of missing(groups['numbers'], decisions))
      broken.push({ at: index, what: `decision ${decision}` });
  const found = broken.map(
    ({ at, what }) => `${lineAt(path, text, at)} cites ${what}, which is not there`,
  );
  if (path.endsWith('.md')) return found;
  for (const { index } of text.matchAll(sectionOfNoPage))
    found.push(`${lineAt(path, text, index)} cites a section of no page`);
  return found;
}

/**
 * @param {string} path
 * @param {string} text
 * @param {number} at
 * @returns {string}
 */
function lineAt(path, text, at) {
  return `${path}:${text.slice(0, at).split('\n').length}`;
}

/**
 * @param {string | undefined} cited
 * @param {ReadonlySet<string>} there
 * @returns {string[]}
 */
function missing(cited, there) {
  const all = cited?.match(/\d+(?:\.\d+)*/g) ?? [];
  return all.filter((one) => !there.has(one));
}
