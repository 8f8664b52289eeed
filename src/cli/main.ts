import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { GatewayError } from '../gateway/index.ts';
import { GitError, GitUnusableError, RepositoryError } from '../repository/index.ts';
import { FoundWanting, UserError } from './errors.ts';
import { addDemoVerb } from './verbs/demo.ts';
import { addEvaluateVerb } from './verbs/evaluate.ts';
import { addExplainVerb } from './verbs/explain.ts';
import { addLintVerb } from './verbs/lint.ts';
import { addParseVerb } from './verbs/parse.ts';
import { addServeVerb } from './verbs/serve.ts';
import { addTermsVerb } from './verbs/terms.ts';

/**
 * The command line.
 * @param argv what stands after the program's name.
 * @returns the exit status: 0 only when the command did what it says.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('ballast')
    .description('A gateway for git-annex clusters and the placement engine under it.')
    .version(version())
    .showHelpAfterError('("ballast --help" and "ballast VERB --help" tell what there is)')
    .exitOverride();
  addDemoVerb(program);
  addServeVerb(program);
  addParseVerb(program);
  addEvaluateVerb(program);
  addExplainVerb(program);
  addLintVerb(program);
  addTermsVerb(program);
  for (const verb of program.commands) verb.copyInheritedSettings(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof FoundWanting) return 1;
    if (!isForPeople(error)) throw error;
    console.error(`ballast: ${error.message}`);
    return 1;
  }
}

/** Trouble whose message says what is wrong and what to do; anything else is a fault of ours. */
function isForPeople(error: unknown): error is Error {
  const classes = [UserError, GitUnusableError, GitError, RepositoryError, GatewayError];
  if (classes.some((known) => error instanceof known)) return true;
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
