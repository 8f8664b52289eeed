/** The words of an expression, as grammar/preferred-content.ohm tells them apart. */
import type { Operator } from './fold.ts';
import grammar from '../generated/preferred-content.ohm-bundle.js';

/** What a word is, its value not yet looked at. */
export type ExpressionWord =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | {
      readonly kind: 'term';
      readonly name: string;
      /** A valued term written without `=` has the empty value (spec/expressions.md section 2). */
      readonly value: string;
    }
  | { readonly kind: 'unknown' };

/** A word where it stands in a text. */
export interface PlacedWord {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a text, in order: parentheses, and what blanks and parentheses leave. The grammar
 * says the same (its rules `tokens`, `word` and `blank`) and is slow; a property holds the two
 * together.
 */
export function splitWords(text: string): readonly PlacedWord[] {
  const words: PlacedWord[] = [];
  for (const match of text.matchAll(anyWord)) words.push({ text: match[0], start: match.index });
  return words;
}

const anyWord = /[()]|[^()\t-\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g;

/**
 * What a word is, by the grammar's rule `token`. Of what follows its first `=` the grammar says no
 * more than that it goes on to the end of the word (`value`), so the grammar is asked about what
 * comes before, and once only about each name that it knows; a property holds this to asking about
 * the whole.
 */
export function recogniseWord(text: string): ExpressionWord {
  const end = text.indexOf('=') + 1;
  const head = end === 0 ? text : text.slice(0, end);
  let word = known.get(head);
  if (word === undefined) {
    word = recogniseHead(head);
    if (word.kind !== 'unknown') known.set(head, word);
  }
  return end > 0 && word.kind === 'term' ? { ...word, value: text.slice(end) } : word;
}

/** Words that the grammar knows, up to their `=`: as many as it has names, with `=` and without. */
const known = new Map<string, ExpressionWord>();

function recogniseHead(text: string): ExpressionWord {
  const match = grammar.match(text, 'token');
  if (match.failed()) throw new Error(`the grammar refused a word: ${match.message ?? ''}`);
  const [word]: readonly RecognisedWord[] = semantics(match)['words']();
  if (word === undefined) throw new Error('the grammar found no word in a word');
  return word.word;
}

/** A word as the grammar finds it in a text. */
export interface RecognisedWord extends PlacedWord {
  readonly word: ExpressionWord;
}

/** The words of a text, all by the grammar: the reference for the two functions above. */
export function recogniseText(text: string): readonly RecognisedWord[] {
  const match = grammar.match(text);
  if (match.failed()) throw new Error(`the grammar refused a text: ${match.message ?? ''}`);
  const words: readonly RecognisedWord[] = semantics(match)['words']();
  return words;
}

const semantics = grammar
  .createSemantics()
  .addOperation<readonly RecognisedWord[]>('words', {
    tokens: (_before, tokens, _after) => tokens.children.flatMap((token) => token['words']()),
    token(token) {
      const { contents, startIdx } = this.source;
      return [{ text: contents, start: startIdx, word: token['word']() }];
    },
  })
  .addOperation<ExpressionWord>('word', {
    open: (_mark) => ({ kind: 'open' }),
    close: (_mark) => ({ kind: 'close' }),
    operator: (word) => ({ kind: 'operator', operator: operatorOf(word.sourceString) }),
    term: (term) => term['word'](),
    bareTerm: (name) => ({ kind: 'term', name: name.sourceString, value: '' }),
    valuedTerm: (name, argument) => ({
      kind: 'term',
      name: name.sourceString,
      value: argument['value'](),
    }),
    unknownTerm: (_word) => ({ kind: 'unknown' }),
  })
  .addOperation<string>('value', {
    argument: (argument) => argument['value'](),
    argument_given: (_equals, value) => value.sourceString,
    argument_absent: () => '',
  });

function operatorOf(text: string): Operator {
  return text === 'and' || text === 'or' ? text : 'not';
}
