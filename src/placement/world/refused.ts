/**
 * Expressions that are refused here for their length or nesting. Git-annex has no such limits and
 * would evaluate them, so that taking one for `present`, as what does not parse is taken, would be
 * a guess.
 */
import { parseExpression, type Parsed, type Problem } from '../../expression/index.ts';
import { annexOf } from './annex.ts';
import type { Configuration } from './configuration.ts';
import { BallastError, plain } from '../../units/index.ts';

/**
 * A question rests on an expression that is refused: nobody can say here what git-annex would
 * answer.
 */
export class RefusedExpressionError extends BallastError {
  override readonly name = 'RefusedExpressionError';
  override readonly data: { readonly problem: Problem };

  /** @param what whose expression it is, such as `wanted of UUID`. */
  constructor(what: string, problem: Problem) {
    const { code, line, column, message, expected } = problem;
    super(
      'EXPRESSION_REFUSED',
      plain(`${what}: ${code} at line ${line}, column ${column}: ${message}; expected ${expected}`),
    );
    this.data = { problem };
  }
}

/** The limit that an expression is over; `undefined` for what git-annex cannot read either. */
export function refusalOf(parsed: Parsed): Problem | undefined {
  if (parsed.kind === 'expression' || parsed.gitAnnexError !== undefined) return undefined;
  return parsed.problems[0];
}

const known = new WeakMap<Configuration, { readonly sentence: string | undefined }>();

/** What is wrong with the first expression of a configuration that is refused. */
export function refusedIn(configuration: Configuration): string | undefined {
  let found = known.get(configuration);
  if (found === undefined) {
    known.set(configuration, (found = { sentence: findRefused(configuration) }));
  }
  return found.sentence;
}

function findRefused(configuration: Configuration): string | undefined {
  const { dialect } = annexOf(configuration);
  for (const [what, text] of textsOf(configuration)) {
    const problem = refusalOf(parseExpression(text, dialect));
    if (problem !== undefined) return new RefusedExpressionError(what, problem).message;
  }
  return undefined;
}

function* textsOf({ repositories, groupwanted }: Configuration): Generator<[string, string]> {
  for (const [uuid, { wanted, required }] of repositories) {
    if (wanted !== undefined) yield [`wanted of ${uuid}`, wanted];
    if (required !== undefined) yield [`required of ${uuid}`, required];
  }
  for (const [group, text] of groupwanted) yield [`groupwanted of ${group.slice(0, 80)}`, text];
}
