/**
 * Words in an order that git-annex accepts and people do not mean (spec/expressions.md section 3):
 * the parser never refuses an arrangement, so this is what tells them.
 */
import type { Span } from '../terms/problem.ts';
import { splitWords, type PlacedWord } from './tokens.ts';

/** A word whose place means something else than people mean by it, with what to put there. */
export interface Odd {
  /**
   * `dangling`: an operator without an operand; `unjoined`: a group that goes on from the operand
   * before it, since inside of a group no `and` is put between them; `unclosed` and `unopened`
   * parentheses.
   */
  readonly kind: 'dangling' | 'unjoined' | 'unclosed' | 'unopened';
  readonly word: string;
  readonly span: Span;
  readonly edit: Edit;
}

/** Text to put in the place of a span. */
export interface Edit {
  readonly span: Span;
  readonly replacement: string;
}

/** Everything odd in the order of the words of a text, in the order of the text. */
export function oddArrangements(text: string): readonly Odd[] {
  const words = splitWords(text);
  const closes = closings(words);
  const opened = new Set(closes.values());
  const odds: Odd[] = [];
  let depth = 0;
  for (const [index, word] of words.entries()) {
    const before = words[index - 1]?.text ?? '';
    const span = spanOf(word);
    if (word.text === ')' && !opened.has(index)) {
      odds.push({ kind: 'unopened', word: ')', span, edit: { span, replacement: '' } });
      continue;
    }
    if (word.text === '(') {
      const close = closes.get(index);
      if (close === undefined) {
        const end = { start: text.length, end: text.length };
        odds.push({ kind: 'unclosed', word: '(', span, edit: { span: end, replacement: ' )' } });
      }
      const isAfterOperand = before !== '' && before !== '(' && !isOperator(before);
      if (depth > 0 && isAfterOperand && hasOr(words, index, close ?? words.length)) {
        const at = { start: span.start, end: span.start };
        odds.push({ kind: 'unjoined', word: '(', span, edit: { span: at, replacement: 'and ' } });
      }
      depth += 1;
    } else if (word.text === ')') depth -= 1;
    else if (isOperator(word.text) && isDangling(words, index)) {
      odds.push({ kind: 'dangling', word: word.text, span, edit: { span, replacement: '' } });
    }
  }
  return odds;
}

function isDangling(words: readonly PlacedWord[], index: number): boolean {
  const [before = '(', word = '', after = ')'] = [-1, 0, 1].map(
    (step) => words[index + step]?.text,
  );
  if (after === ')' || isJoin(after)) return true;
  return isJoin(word) && before === '(';
}

function isJoin(word: string): boolean {
  return word === 'and' || word === 'or';
}

function isOperator(word: string): boolean {
  return isJoin(word) || word === 'not';
}

/** The index of the `)` for each `(` that has one. */
function closings(words: readonly PlacedWord[]): ReadonlyMap<number, number> {
  const open: number[] = [];
  const closes = new Map<number, number>();
  for (const [index, { text }] of words.entries()) {
    if (text === '(') open.push(index);
    const start = text === ')' ? open.pop() : undefined;
    if (start !== undefined) closes.set(start, index);
  }
  return closes;
}

/** Whether a group holds an `or` of its own: otherwise it does not matter where it goes on from. */
function hasOr(words: readonly PlacedWord[], open: number, close: number): boolean {
  let depth = 0;
  for (let index = open; index < close; index += 1) {
    const text = words[index]?.text;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (text === 'or' && depth === 1) return true;
  }
  return false;
}

function spanOf({ text, start }: PlacedWord): Span {
  return { start, end: start + text.length };
}
