/**
 * What the lint finds, mended where the mended text is proved to mean the same in every place: stray
 * parentheses and operators, and expressions that are always or never true. The rest is a question to a
 * person: a glob that matches nothing, an unstable term under `not` or a group without members were meant
 * to do something, and to write what was meant changes who wants what.
 */
import {
  areInterchangeable,
  dialectDefault,
  parseExpression,
  type Dialect,
  type Edit,
} from '../../expression/index.ts';
import type { Finding } from '../family/finding.ts';
import { lintExpression } from './lint.ts';

/** An expression, mended as far as its meaning stays. */
export interface Mended {
  /** What to write; the text as it was given when nothing was mended. */
  readonly text: string;
  /** What was mended; places are those in the text as it was before. */
  readonly mended: readonly Finding[];
}

/** What is mended can show more to mend; after so many rounds the rest is left. */
const roundsMax = 100;

/**
 * Mends what the lint finds in an expression, without a change of its meaning in any place. Nothing is
 * mended to the empty text, which as a groupwanted expression counts as none.
 */
export function mendExpression(text: string, dialect: Dialect = dialectDefault): Mended {
  const before = parseExpression(text, dialect);
  if (before.kind === 'problems') return { text, mended: [] };
  const isSame = (after: string): boolean => {
    const parsed = parseExpression(after, dialect);
    if (parsed.kind === 'problems' || after === '') return false;
    return areInterchangeable(before.tree, parsed.tree);
  };
  const mended: Finding[] = [];
  let current = text;
  for (let round = 0; round < roundsMax; round += 1) {
    const step = mendApart(current, apartIn(lintExpression(current, dialect)), isSame);
    if (step.mended.length === 0) break;
    mended.push(...step.mended);
    current = step.text;
  }
  return { text: current, mended };
}

/** A finding that says what to write instead. */
interface Mendable {
  readonly finding: Finding;
  readonly edit: Edit;
}

/**
 * Findings with edits that do not touch each other, in the order of the text. The first that is told
 * comes before others: an expression that is always true stays while there is something in it, such as an
 * operator too many, that may be what makes it so.
 */
function apartIn(found: readonly Finding[]): readonly Mendable[] {
  const apart: Mendable[] = [];
  for (const finding of found) {
    const { edit } = finding;
    if (edit !== undefined && !apart.some((other) => overlap(edit, other.edit))) {
      apart.push({ finding, edit });
    }
  }
  return apart.sort((left, right) => left.edit.span.start - right.edit.span.start);
}

function overlap({ span: left }: Edit, { span: right }: Edit): boolean {
  return left.start < right.end && right.start < left.end;
}

/** All at once; where that changes the meaning, each half by itself, the later one first. */
function mendApart(
  text: string,
  mendable: readonly Mendable[],
  isSame: (after: string) => boolean,
): Mended {
  const after = mendable.reduceRight((before, { edit }) => withEdit(before, edit), text).trim();
  if (isSame(after)) return { text: after, mended: mendable.map(({ finding }) => finding) };
  if (mendable.length < 2) return { text, mended: [] };
  const half = mendable.length >> 1;
  const late = mendApart(text, mendable.slice(half), isSame);
  const early = mendApart(late.text, mendable.slice(0, half), isSame);
  return { text: early.text, mended: [...early.mended, ...late.mended] };
}

/** The text with an edit made; of a word that goes the space before it goes, too. */
function withEdit(text: string, { span: { start, end }, replacement }: Edit): string {
  const before = text.slice(0, start);
  const kept = replacement === '' ? before.replace(/ $/, '') : before;
  return kept + replacement + text.slice(end);
}
