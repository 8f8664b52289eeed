// What the library promises: the names of its doors, the files that package.json's `exports` lead to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * A name that a door gives.
 * @typedef {object} PromisedName
 * @property {string} name
 * @property {'class' | 'constant' | 'function' | 'type'} kind
 * @property {string} doc its doc comment; empty when there is none.
 */
/**
 * What programs import from.
 * @typedef {object} Door
 * @property {string} specifier such as `ballast/key`.
 * @property {string} file in the sources, from the root on.
 * @property {string} doc what the file says of itself; empty when it says nothing.
 * @property {readonly PromisedName[]} names in the order of the alphabet.
 */
/**
 * @typedef {object} Surface
 * @property {readonly Door[]} doors in the order of package.json.
 * @property {readonly string[]} unpromised a line for each type that is handed to, or by, what is promised
 * and that no door gives, so that nobody can name it.
 */

/**
 * The surface of the library under a root, as its sources have it.
 * @param {string} root
 * @returns {Surface}
 */
export function surfaceOf(root) {
  const files = doorFiles(root);
  const paths = files.map(({ file }) => join(root, file));
  // Names and comments need neither the types of the language nor those of Node.
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  /** @type {Map<ts.Symbol, string>} */
  const promised = new Map();
  const doors = files.map(({ specifier, file }, index) => {
    const source = program.getSourceFile(paths[index] ?? '');
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (source === undefined || module === undefined) throw new Error(`${file} exports nothing`);
    const names = checker.getExportsOfModule(module).map((exported) => {
      const symbol = original(exported, checker);
      promised.set(symbol, exported.name);
      const doc = ts.displayPartsToString(symbol.getDocumentationComment(checker));
      return { name: exported.name, kind: kindOf(symbol, checker), doc };
    });
    names.sort((left, right) => compare(left.name, right.name));
    return { specifier, file, doc: headOf(source.text), names };
  });
  return { doors, unpromised: unpromisedIn(promised, checker) };
}

/**
 * @param {string} root
 * @returns {{ specifier: string, file: string }[]}
 */
function doorFiles(root) {
  /** @type {{ name: string, exports: Record<string, string | { default: string }> }} */
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const file = target.default.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts');
    return [{ specifier: name + subpath.slice(1), file }];
  });
}

/**
 * What a name stands for, wherever it is given on.
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @returns {ts.Symbol}
 */
function original(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @returns {PromisedName['kind']}
 */
function kindOf(symbol, checker) {
  if (symbol.flags & ts.SymbolFlags.Class) return 'class';
  if (symbol.flags & ts.SymbolFlags.Type) return 'type';
  return checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0 ? 'function' : 'constant';
}

/**
 * The doc comment that a file begins with.
 * @param {string} text
 * @returns {string}
 */
function headOf(text) {
  const [, comment = ''] = /^\/\*\*(.*?)\*\//s.exec(text) ?? [];
  return comment.replace(/^ *\* ?/gm, '').trim();
}

/**
 * @param {ReadonlyMap<ts.Symbol, string>} promised
 * @param {ts.TypeChecker} checker
 * @returns {string[]}
 */
function unpromisedIn(promised, checker) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const [symbol, name] of promised)
    for (const declaration of symbol.flags & ts.SymbolFlags.Value
      ? (symbol.declarations ?? [])
      : [])
      forEachNamedType(declaration, (identifier) => {
        const named = checker.getSymbolAtLocation(identifier);
        const meant = named === undefined ? undefined : original(named, checker);
        if (meant !== undefined && isOurs(meant) && !promised.has(meant))
          found.add(`${name} takes or gives ${meant.name}, which no door gives`);
      });
  return [...found].sort(compare);
}

/**
 * Visits the names of types that a declaration shows: not those in bodies and values, nor of what is
 * private or for our own use.
 * @param {ts.Node} node
 * @param {(name: ts.EntityName) => void} visit
 */
function forEachNamedType(node, visit) {
  if (ts.isBlock(node) || ts.getJSDocTags(node).some(isInternal)) return;
  if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name))
    return;
  if (ts.isPropertyAssignment(node) || ts.isArrowFunction(node)) return;
  if (ts.isTypeReferenceNode(node)) visit(node.typeName);
  ts.forEachChild(node, (child) => forEachNamedType(child, visit));
}

/**
 * @param {ts.JSDocTag} tag
 * @returns {boolean}
 */
function isInternal(tag) {
  return tag.tagName.text === 'internal';
}

/**
 * Whether it is a type of the sources that could be given: no type parameter, and none of a package.
 * @param {ts.Symbol} symbol
 * @returns {boolean}
 */
function isOurs(symbol) {
  if (symbol.flags & ts.SymbolFlags.TypeParameter) return false;
  return (symbol.declarations ?? []).some((declaration) => {
    const flags = ts.getCombinedModifierFlags(declaration);
    const isInPackage = declaration.getSourceFile().fileName.includes('/node_modules/');
    return !isInPackage && (flags & ts.ModifierFlags.Export) !== 0;
  });
}

/**
 * @param {string} left
 * @param {string} right
 * @returns {number}
 */
function compare(left, right) {
  const [first, second] = [left.toLowerCase(), right.toLowerCase()];
  if (first === second) return left < right ? -1 : 1;
  return first < second ? -1 : 1;
}
