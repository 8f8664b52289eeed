import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { FoundWanting } from './errors.ts';
import { isForPeople } from './for-people.ts';
import { watchOutput } from './output.ts';
import { addDemoVerb } from './verbs/demo.ts';
import { addEvaluateVerb } from './verbs/evaluate.ts';
import { addExplainVerb } from './verbs/explain.ts';
import { addLintVerb } from './verbs/lint.ts';
import { addP2pstdioVerb } from './verbs/p2pstdio.ts';
import { addParseVerb } from './verbs/parse.ts';
import { addServeVerb } from './verbs/serve.ts';
import { addShellVerb } from './verbs/shell.ts';
import { addSimVerb } from './verbs/sim.ts';
import { addTermsVerb } from './verbs/terms.ts';

/**
 * The command line.
 * @param argv what stands after the program's name.
 * @returns the exit status: 0 only when the command did what it says.
 */
export async function main(argv: readonly string[]): Promise<number> {
  watchOutput();
  const program = new Command('ballast')
    .description('A gateway for git-annex clusters and the placement engine under it.')
    .version(version())
    .showHelpAfterError('("ballast --help" and "ballast VERB --help" tell what there is)')
    .enablePositionalOptions()
    .exitOverride();
  addDemoVerb(program);
  addServeVerb(program);
  addP2pstdioVerb(program);
  addShellVerb(program);
  addParseVerb(program);
  addEvaluateVerb(program);
  addExplainVerb(program);
  addLintVerb(program);
  addTermsVerb(program);
  addSimVerb(program);
  for (const verb of program.commands) verb.copyInheritedSettings(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof FoundWanting) return error.status;
    if (!isForPeople(error)) throw error;
    console.error(`ballast: ${error.message}`);
    return 1;
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
