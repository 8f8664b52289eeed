/** The words of an expression, as grammar/preferred-content.ohm tells them apart. */
import type { Interval } from 'ohm-js';
import type { Operator } from './fold.ts';
import grammar from './generated/preferred-content.ohm-bundle.js';
import type { Span } from './problem.ts';

/** A word, its value not yet looked at. */
export type Word =
  | { readonly kind: 'open'; readonly span: Span }
  | { readonly kind: 'close'; readonly span: Span }
  | { readonly kind: 'operator'; readonly operator: Operator; readonly span: Span }
  | {
      readonly kind: 'term';
      readonly name: string;
      /** A valued term written without `=` has the empty value (spec/expressions.md section 2). */
      readonly value: string;
      readonly text: string;
      readonly span: Span;
    }
  | { readonly kind: 'unknown'; readonly text: string; readonly span: Span };

/** The words of a text, in order. The grammar accepts every text. */
export function readWords(text: string): readonly Word[] {
  const match = grammar.match(text);
  if (match.failed()) throw new Error(`the grammar refused a text: ${match.message ?? ''}`);
  const words: readonly Word[] = semantics(match)['words']();
  return words;
}

const semantics = grammar
  .createSemantics()
  .addOperation<readonly Word[]>('words', {
    tokens: (_before, tokens, _after) => tokens.children.flatMap((token) => token['words']()),
    token: (token) => token['words'](),
    open: (mark) => [{ kind: 'open', span: spanOf(mark.source) }],
    close: (mark) => [{ kind: 'close', span: spanOf(mark.source) }],
    operator: (word) => [operatorAt(word.source)],
    term: (term) => term['words'](),
    bareTerm: (name) => [termAt(name.source, name.sourceString, '')],
    valuedTerm(name, argument) {
      return [termAt(this.source, name.sourceString, argument['value']())];
    },
    unknownTerm: (word) => [{ kind: 'unknown', ...placeOf(word.source) }],
  })
  .addOperation<string>('value', {
    argument: (argument) => argument['value'](),
    argument_given: (_equals, value) => value.sourceString,
    argument_absent: () => '',
  });

function operatorAt(source: Interval): Word {
  const { span, text } = placeOf(source);
  const operator = text === 'and' || text === 'or' ? text : 'not';
  return { kind: 'operator', operator, span };
}

function termAt(source: Interval, name: string, value: string): Word {
  return { kind: 'term', name, value, ...placeOf(source) };
}

function placeOf(source: Interval): { span: Span; text: string } {
  return { span: spanOf(source), text: source.contents };
}

function spanOf({ startIdx, endIdx }: Interval): Span {
  return { start: startIdx, end: endIdx };
}
