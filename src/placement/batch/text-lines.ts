/**
 * Lines about texts alone: expressions that are accepted or not, and sizes (spec/expressions.md
 * section 15).
 */
import { largeNumbersOf, parseExpression, type Dialect } from '../../expression/index.ts';
import { parseSize } from '../../units/index.ts';
import { differencesOf, type AnswerLine } from './answer.ts';
import { boolean, fields, orNull, readJson, string, type Shape } from './shape.ts';

interface ExpressionLine {
  readonly expr: string;
  readonly accepted: boolean | undefined;
  readonly error: string | undefined;
}

const expressionLine: Shape<ExpressionLine> = (value, where) => {
  const line = fields(value, where);
  return {
    expr: line.get('expr', string),
    accepted: line.find('accepted', boolean),
    error: line.find('error', orNull(string)),
  };
};

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

interface SizeLine {
  readonly size: string;
  /** Null where the size was refused, `undefined` where no answer is recorded. */
  readonly bytes: string | null | undefined;
}

const sizeLine: Shape<SizeLine> = (value, where) => {
  const line = fields(value, where);
  return {
    size: line.get('size', string),
    bytes: line.find('bytes', (value, where) => (value === null ? null : string(value, where))),
  };
};

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
