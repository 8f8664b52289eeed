// What src/ exports is documented: each with a doc comment, and none that leans on its neighbour, which an
// editor shows alone.
import ts from 'typescript';

/** How a doc comment begins that says nothing by itself. */
const leaning = /^(?:Likewise|The same|That|These|This one|As above)\b/;

/**
 * What is wrong with the doc comments of a source file, a line each.
 * @param {string} path from the root on.
 * @param {string} text
 * @returns {string[]}
 */
export function brokenDocs(path, text) {
  if (!path.startsWith('src/') || !path.endsWith('.ts')) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  for (const statement of source.statements) {
    if (isExported(statement) && docsOf(statement).length === 0)
      found.push(`${placeOf(statement, source)} is exported and has no doc comment`);
  }
  visitAll(source, (node) => {
    for (const doc of docsOf(node)) {
      const [begins] = leaning.exec(wordsOf(doc)) ?? [];
      if (begins !== undefined)
        found.push(
          `${placeOf(doc, source)} begins with "${begins}": an editor shows it without what is before it`,
        );
    }
  });
  return found;
}

/**
 * @param {ts.Statement} statement
 * @returns {boolean} whether it declares a name and exports it.
 */
function isExported(statement) {
  if (!ts.canHaveModifiers(statement)) return false;
  return (ts.getModifiers(statement) ?? []).some(
    ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
  );
}

/**
 * @param {ts.Node} node
 * @returns {readonly ts.JSDoc[]} its own, without those of what is around it.
 */
function docsOf(node) {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .filter(({ parent }) => parent === node);
}

/**
 * @param {ts.JSDoc} doc
 * @returns {string}
 */
function wordsOf(doc) {
  return (ts.getTextOfJSDocComment(doc.comment) ?? '').trim();
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} visit
 */
function visitAll(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => visitAll(child, visit));
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 * @returns {string} such as `src/key/key.ts:12`.
 */
function placeOf(node, source) {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}
