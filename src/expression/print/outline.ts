/** A tree for people and for programs: indented lines, and JSON. */
import { spineOf, type Expression, type Spine } from '../terms/tree.ts';

/** Beyond this depth lines are not indented further. */
const indentedDepthMax = 40;

/**
 * The tree as lines, operators above what they join, two spaces a level, terms with their place in
 * the text (columns from 1). What one operator joins one after the other stands on one level.
 */
export function formatTree(tree: Expression): string {
  const lines: string[] = [];
  outline(tree, 0, lines);
  return lines.join('\n');
}

/** A run of operands that one operator joins. */
interface Run {
  readonly kind: 'and' | 'or';
  readonly rights: Expression[];
}

/** Goes down the left spine in a loop, since it has no bound; other nesting has. */
function outline(tree: Expression, depth: number, lines: string[]): void {
  const { first, joined } = spineOf(tree);
  const runs = runsOf(joined);
  for (const [index, { kind }] of runs.toReversed().entries()) {
    lines.push(indented(kind, depth + index));
  }
  outlineFirst(first, depth + runs.length, lines);
  for (const [index, { rights }] of runs.entries()) {
    for (const right of rights) outline(right, depth + runs.length - index, lines);
  }
}

function runsOf(joined: Spine['joined']): readonly Run[] {
  const runs: Run[] = [];
  for (const { kind, right } of joined) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.rights.push(right);
    else runs.push({ kind, rights: [right] });
  }
  return runs;
}

function outlineFirst(first: Spine['first'], depth: number, lines: string[]): void {
  switch (first.kind) {
    case 'any':
      lines.push(indented('(everything)', depth));
      return;
    case 'not':
      lines.push(indented('not', depth));
      outline(first.operand, depth + 1, lines);
      return;
    case 'term': {
      const { start, end } = first.span;
      lines.push(indented(`${first.text}  [${start + 1}-${end}]`, depth));
    }
  }
}

function indented(text: string, depth: number): string {
  return '  '.repeat(Math.min(depth, indentedDepthMax)) + text;
}

/**
 * The tree as one line of JSON: `{"kind":"and"|"or","left","right"}`, `{"kind":"not","operand"}`,
 * `{"kind":"any"}`, and terms with name, argument, text and span; whole numbers are strings, since
 * they have 64 bits and more.
 */
export function treeJson(tree: Expression): string {
  const { first, joined } = spineOf(tree);
  const heads = joined.toReversed().map(({ kind }) => `{"kind":"${kind}","left":`);
  const tails = joined.map(({ right }) => `,"right":${treeJson(right)}}`);
  return `${heads.join('')}${firstJson(first)}${tails.join('')}`;
}

function firstJson(first: Spine['first']): string {
  if (first.kind === 'not') return `{"kind":"not","operand":${treeJson(first.operand)}}`;
  return exactJson(first);
}

/** JSON with whole numbers of any length as strings. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}
