import { readBracket, type CharacterTest } from './bracket.ts';
import { isLetter, lowerSimple, upperSimple } from './letter-case.ts';

/** Where a glob is used: file names, metadata values and urls are matched a little differently. */
export type GlobFlavour = 'path' | 'metadata' | 'url';

/** A place that a glob can ask for between two characters. */
export type Anchor = 'nameStart' | 'nameEnd' | 'wordStart' | 'wordEnd';

/** One step of a glob; a name matches when it can be walked through from first to last. */
export type GlobStep =
  /** A character; the text of it when it is one certain character. */
  | {
      readonly kind: 'character';
      readonly literal: string | undefined;
      readonly accepts: CharacterTest;
      /** One or more of them. */
      readonly repeats: boolean;
    }
  /** Any run of characters without LF. */
  | { readonly kind: 'run' }
  | { readonly kind: 'anchor'; readonly anchor: Anchor };

const lineFeed = 10;

/**
 * The steps of a glob, or `undefined` when it can never be compiled. The work is done in two
 * stages, as in the real program, because what a bracket means depends on the text that the
 * characters after it are translated to (spec/expressions.md sections 6.3 and 6.4).
 */
export function globSteps(glob: string, flavour: GlobFlavour): readonly GlobStep[] | undefined {
  return readPattern(translate(Array.from(glob), flavour), flavour === 'metadata');
}

/** Stage 1: the text of a regular expression, by characters. */
function translate(glob: readonly string[], flavour: GlobFlavour): readonly string[] {
  const closes = nextClosing(glob);
  let text = '';
  let index = 0;
  while (index < glob.length) {
    const character = glob[index] ?? '';
    if (character === '[') {
      const end = closes[index] ?? glob.length;
      text += bracketText(glob.slice(index + 1, end));
      index = end;
    } else {
      text += outsideText(character, flavour);
      index += 1;
    }
  }
  return Array.from(text);
}

/** For each index the index after the first `]` at or behind it. */
function nextClosing(glob: readonly string[]): readonly number[] {
  const closes: number[] = Array.from({ length: glob.length }, () => glob.length);
  for (let index = glob.length - 1; index >= 0; index -= 1) {
    closes[index] = glob[index] === ']' ? index + 1 : (closes[index + 1] ?? glob.length);
  }
  return closes;
}

/** What stands from a `[` up to the first `]` is copied, with `\` doubled. */
function bracketText(content: readonly string[]): string {
  const [first, ...rest] = content;
  const isNegated = first === '!' || first === '^';
  const members = (isNegated ? rest : content).join('').replaceAll('\\', '\\\\');
  return `[${isNegated ? '^' : ''}${members}`;
}

function outsideText(character: string, flavour: GlobFlavour): string {
  if (character === '*') return '.*';
  if (character === '?') return '.';
  if (flavour === 'path' && character === '/') return '[/]+';
  if (flavour === 'path' && character === '\\') return '[\\\\]+';
  return /[0-9]/.test(character) || isLetter(character) ? character : `\\${character}`;
}

/** Stage 2: the steps of that regular expression. */
function readPattern(
  pattern: readonly string[],
  ignoreCase: boolean,
): readonly GlobStep[] | undefined {
  const steps: GlobStep[] = [];
  let index = 0;
  while (index < pattern.length) {
    const character = pattern[index] ?? '';
    if (character === '[') {
      const bracket = readBracket(pattern, index, ignoreCase);
      if (bracket === undefined) return undefined;
      const repeats = pattern[bracket.end] === '+';
      const members = pattern.slice(index + 1, bracket.end - 1);
      const literal = ignoreCase ? undefined : onlyMember(members);
      steps.push({ kind: 'character', literal, accepts: bracket.accepts, repeats });
      index = bracket.end + (repeats ? 1 : 0);
    } else if (character === '.') {
      const isRun = pattern[index + 1] === '*';
      // "`**` is `*`" (spec/expressions.md section 6.3); one step for a run of them keeps matching
      // cheap.
      if (!isRun) steps.push(anyCharacter);
      else if (steps.at(-1)?.kind !== 'run') steps.push({ kind: 'run' });
      index += isRun ? 2 : 1;
    } else if (character === '\\') {
      steps.push(escapedStep(pattern[index + 1] ?? '', ignoreCase));
      index += 2;
    } else {
      steps.push(literalStep(character, ignoreCase));
      index += 1;
    }
  }
  return steps;
}

/** The member of a bracket that has only one: what `/` and `\` of a path are translated to. */
function onlyMember(members: readonly string[]): string | undefined {
  const [member] = new Set(members);
  const isOne = members.length === 1 ? member !== '^' : members.join('') === '\\\\';
  return isOne ? member : undefined;
}

const anyCharacter: GlobStep = {
  kind: 'character',
  literal: undefined,
  accepts: (code) => code !== lineFeed,
  repeats: false,
};

const anchors: ReadonlyMap<string, Anchor> = new Map([
  ['`', 'nameStart'],
  ["'", 'nameEnd'],
  ['<', 'wordStart'],
  ['>', 'wordEnd'],
]);

function escapedStep(character: string, ignoreCase: boolean): GlobStep {
  const anchor = anchors.get(character);
  return anchor === undefined ? literalStep(character, ignoreCase) : { kind: 'anchor', anchor };
}

function literalStep(character: string, ignoreCase: boolean): GlobStep {
  const own = character.codePointAt(0) ?? -1;
  const forms =
    ignoreCase && isLetter(character) ? [upperSimple(character), lowerSimple(character)] : [];
  const [upper = own, lower = own] = forms.map((form) => form.codePointAt(0) ?? -1);
  return {
    kind: 'character',
    literal: upper === own && lower === own ? character : undefined,
    // A letter is replaced by its two forms; a digraph in title case, such as U+01C5, is neither.
    accepts: (code) => code === upper || code === lower,
    repeats: false,
  };
}
