/**
 * Lines about texts alone: expressions that are accepted or not, and sizes (spec/expressions.md
 * section 15).
 */
import * as v from 'valibot';
import { largeNumbersOf, parseExpression, type Dialect } from '../../expression/index.ts';
import { anyText, objectOf, orNull, readJson, truth } from '../../shapes/index.ts';
import { parseSize } from '../../units/index.ts';
import { differencesOf, type AnswerLine } from './answer.ts';

const expressionLine = objectOf(
  { expr: anyText, accepted: v.optional(truth), error: v.optional(orNull(anyText)) },
  'a line about an expression',
);

/**
 * Answers lines `{expr, accepted, error}`: whether that git-annex accepts the expression, and what
 * it says when it does not.
 */
export function answerExpressions(dialect: Dialect): AnswerLine {
  return (json) => {
    const line = readJson(json, expressionLine);
    if (line.kind === 'problem') return line;
    const { expr, accepted, error } = line.value;
    const parsed = parseExpression(expr, dialect);
    const ours =
      parsed.kind === 'expression'
        ? { expr, accepted: true }
        : {
            expr,
            accepted: false,
            error: parsed.gitAnnexError ?? null,
            problems: parsed.problems.map(({ code, span, line, column, message, hint }) => ({
              code,
              span,
              line,
              column,
              message,
              hint,
            })),
          };
    const isRefused = accepted === false && error !== undefined;
    const recorded = isRefused ? { accepted, error } : { accepted };
    return {
      kind: 'answer',
      json: JSON.stringify(ours),
      differences: accepted === undefined ? undefined : differencesOf(ours, recorded),
    };
  };
}

const sizeLine = objectOf(
  {
    size: anyText,
    /** Null where the size was refused; left out where no answer is recorded. */
    bytes: v.optional(v.nullable(anyText)),
  },
  'a line about a size',
);

/** Answers lines `{size, bytes}`: the bytes that a size stands for, or null when it is refused. */
export function answerSizes(dialect: Dialect): AnswerLine {
  const largeNumbers = largeNumbersOf(dialect);
  return (json) => {
    const line = readJson(json, sizeLine);
    if (line.kind === 'problem') return line;
    const { size, bytes } = line.value;
    const ours = { size, bytes: parseSize(size, largeNumbers)?.toString() ?? null };
    return {
      kind: 'answer',
      json: JSON.stringify(ours),
      differences: bytes === undefined ? undefined : differencesOf(ours, { bytes }),
    };
  };
}
