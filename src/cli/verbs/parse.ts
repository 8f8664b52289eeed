import type { Command } from 'commander';
import {
  changedTerms,
  dialects,
  formatProblem,
  formatTree,
  isEmpty,
  parseExpression,
  printExpression,
  simplifyExpression,
  treeJson,
  type Dialect,
} from '../../expression/index.ts';
import { FoundWanting } from '../errors.ts';
import { write } from '../words/output.ts';
import { withDialectOption, type DialectOptions } from '../options/dialect-option.ts';

interface ParseOptions extends DialectOptions {
  readonly json?: boolean;
  readonly simplify?: boolean;
}

/** `ballast parse EXPR`: the tree of an expression, a shorter one, or what is wrong with it. */
export function addParseVerb(program: Command): void {
  withDialectOption(
    program
      .command('parse')
      .description(
        'show how git-annex reads a preferred content expression, or what is wrong with it',
      )
      .argument('<EXPR>', 'the expression, as one word of the shell: quote it')
      .option('--simplify', 'print a shorter expression with the same meaning, if there is one')
      .option('--json', 'print JSON'),
  ).action(async (text: string, options: ParseOptions) => {
    await runParse(text, options);
  });
}

async function runParse(
  text: string,
  { dialect, json = false, simplify = false }: ParseOptions,
): Promise<void> {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'expression') {
    const changed = changedIn(text, dialect);
    const simplified = simplify ? printExpression(simplifyExpression(parsed.tree)) : undefined;
    if (json) {
      const told = { dialect: dialect.version, text, changed, simplified };
      const head = JSON.stringify(told).slice(0, -1);
      await write(`${head},"tree":${treeJson(parsed.tree)}}\n`);
      return;
    }
    for (const { term, dialect } of changed) {
      console.error(`note: ${term} means something else to git-annex ${dialect}`);
    }
    const isUnset = isEmpty(parsed.tree);
    const shown = simplified ?? formatTree(parsed.tree);
    await write(`${isUnset ? '(empty: counts as not configured)' : shown}\n`);
    return;
  }
  const { problems, gitAnnexError = null } = parsed;
  if (json) {
    await write(`${JSON.stringify({ dialect: dialect.version, problems, gitAnnexError })}\n`);
  } else console.error(problems.map(formatProblem).join('\n'));
  throw new FoundWanting();
}

/** Terms that the oldest version known exactly, or the newest, reads another way. */
function changedIn(
  text: string,
  to: Dialect,
): readonly { readonly term: string; readonly dialect: string }[] {
  return [dialects.reference, dialects.newest].flatMap((from) =>
    changedTerms(text, { to, from }).map((term) => ({ term: term.text, dialect: from.version })),
  );
}
