import { parseExpression, type Dialect } from '../../expression/index.ts';
import { badExpression, type Trouble } from '../acts/troubles.ts';

/** What is wrong with an expression; `undefined` when it parses. */
export function badExpressionIn(text: string, dialect: Dialect): Trouble | undefined {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'expression') return undefined;
  const { gitAnnexError, problems } = parsed;
  const failure = gitAnnexError?.replace(/^Parse error: /, '') ?? problems[0]?.message ?? '';
  return badExpression(text, problems, failure);
}
