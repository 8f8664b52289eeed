import { parseExpression } from '../expression/index.ts';
import { annexOf } from './annex.ts';
import type { Configuration } from './configuration.ts';
import { plain } from './plain.ts';

const known = new WeakMap<Configuration, { readonly sentence: string | undefined }>();

/**
 * What is wrong with the first expression of a configuration that is refused here for its length or
 * nesting. Git-annex would evaluate it, so that whoever compares answers with its answers must not take
 * it for one that does not parse and means `present`.
 */
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
    const parsed = parseExpression(text, dialect);
    if (parsed.kind === 'expression' || parsed.gitAnnexError !== undefined) continue;
    const [problem] = parsed.problems;
    if (problem === undefined) continue;
    const { code, line, column, message, expected } = problem;
    return plain(
      `${what}: ${code} at line ${line}, column ${column}: ${message}; expected ${expected}`,
    );
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
