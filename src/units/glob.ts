import { globSteps, type Anchor, type GlobFlavour, type GlobStep } from './glob-steps.ts';

export type { GlobFlavour } from './glob-steps.ts';

/** A glob, ready to match. */
export interface Glob {
  readonly text: string;
  readonly flavour: GlobFlavour;
  /**
   * Whether it can be compiled at all: not when a bracket is never closed or a range runs
   * backwards. The real program hangs on such a glob (spec/expressions.md section 6.4).
   */
  readonly isCompilable: boolean;
  /** Whether it matches all of the name; never when it cannot be compiled. */
  matches(name: string): boolean;
}

/**
 * A glob as git-annex has them: `*` and `?` also match `/`, brackets are POSIX ones, `` ` ' < > ``
 * are anchors, and of a path each `/` stands for one or more (spec/expressions.md sections 6.3 and
 * 6.4). The flavour `metadata` ignores case and takes `/` and `\` as they are; `url` does only the
 * latter (spec/newest.md section 1.4).
 * Matching takes at most (length of the glob) x (length of the name) steps: no name, however made,
 * makes it backtrack.
 */
export function compileGlob(text: string, flavour: GlobFlavour): Glob {
  const steps = globSteps(text, flavour);
  if (steps === undefined) return { text, flavour, isCompilable: false, matches: () => false };
  const pieces = literalPieces(steps);
  const walk = (name: string): boolean => walkSteps(steps, name);
  if (pieces === undefined) return { text, flavour, isCompilable: true, matches: walk };
  const hasSlash = flavour === 'path' && text.includes('/');
  const hasBackslash = flavour === 'path' && text.includes('\\');
  const isPlain = (name: string): boolean =>
    !name.includes('\n') &&
    !(hasSlash && name.includes('//')) &&
    !(hasBackslash && name.includes('\\\\'));
  const matches = (name: string): boolean =>
    isPlain(name) ? matchesPieces(pieces, name) : walk(name);
  return { text, flavour, isCompilable: true, matches };
}

/**
 * The texts between the runs of a glob that holds nothing but characters and runs. Such a glob is
 * matched by searching, which is much faster than walking; a name with LF, or where `/` repeats, is
 * left to the walk. Half of a surrogate pair is too: it must not match inside a pair.
 */
function literalPieces(steps: readonly GlobStep[]): readonly string[] | undefined {
  const pieces = [''];
  for (const step of steps) {
    if (step.kind === 'run') pieces.push('');
    else if (step.kind === 'anchor' || step.literal === undefined) return undefined;
    else pieces.push(`${pieces.pop() ?? ''}${step.literal}`);
  }
  return pieces.some((piece) => /[\uD800-\uDFFF]/.test(piece)) ? undefined : pieces;
}

function matchesPieces(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return name === first;
  const last = pieces[pieces.length - 1] ?? '';
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let position = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? '';
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= name.length - last.length;
}

const lineFeed = 10;
/** Stands for "no character" before the first and after the last one. */
const none = -1;

/**
 * Walks all possibilities at once: the set of steps reached so far, from one character to the next.
 * A walk may start at the start of each line and is successful at the end of one, since `^` and `$`
 * also match next to an LF (spec/expressions.md section 6.3).
 */
function walkSteps(steps: readonly GlobStep[], name: string): boolean {
  const seen = new Int32Array(steps.length + 1).fill(none);
  let reached: number[] = [];
  let next: number[] = [];
  let before = none;
  let index = 0;
  for (let turn = 0; ; turn += 1) {
    const code = index < name.length ? (name.codePointAt(index) ?? none) : none;
    const place = { turn, before, after: code };
    next.length = 0;
    for (const step of reached) advance(steps, step, place, { seen, next });
    if (before === none || before === lineFeed) enter(steps, 0, place, { seen, next });
    if ((code === none || code === lineFeed) && seen[steps.length] === turn) return true;
    if (code === none) return false;
    const survivors: number[] = [];
    for (const step of next) if (accepts(steps[step], code)) survivors.push(step);
    reached = survivors;
    before = code;
    index += code > 0xffff ? 2 : 1;
  }
}

interface Place {
  readonly turn: number;
  readonly before: number;
  readonly after: number;
}

interface Frontier {
  /** The turn in which a step was last reached. */
  readonly seen: Int32Array;
  readonly next: number[];
}

function accepts(step: GlobStep | undefined, code: number): boolean {
  if (step?.kind === 'run') return code !== lineFeed;
  return step?.kind === 'character' && step.accepts(code);
}

/** Goes on from a step that has just taken a character. */
function advance(
  steps: readonly GlobStep[],
  index: number,
  place: Place,
  frontier: Frontier,
): void {
  const step = steps[index];
  if (step?.kind === 'run') enter(steps, index, place, frontier);
  else {
    if (step?.kind === 'character' && step.repeats) enter(steps, index, place, frontier);
    enter(steps, index + 1, place, frontier);
  }
}

/** Reaches a step, and those after it that need no character. */
function enter(
  steps: readonly GlobStep[],
  start: number,
  place: Place,
  { seen, next }: Frontier,
): void {
  for (let index = start; seen[index] !== place.turn; index += 1) {
    seen[index] = place.turn;
    const step = steps[index];
    if (step === undefined) return;
    if (step.kind === 'anchor') {
      if (!holdsAt(step.anchor, place)) return;
    } else {
      next.push(index);
      if (step.kind === 'character') return;
    }
  }
}

function holdsAt(anchor: Anchor, { before, after }: Place): boolean {
  switch (anchor) {
    case 'nameStart':
      return before === none;
    case 'nameEnd':
      return after === none;
    case 'wordStart':
      return !isWordCharacter(before) && isWordCharacter(after);
    case 'wordEnd':
      return isWordCharacter(before) && !isWordCharacter(after);
  }
}

/** ASCII letters, digits and `_`. */
function isWordCharacter(code: number): boolean {
  if (code === none) return false;
  return /^\w$/.test(String.fromCodePoint(code));
}
