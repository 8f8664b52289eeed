import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { FoundWanting, isForPeople, statuses } from './errors.ts';
import { watchOutput } from './words/output.ts';

/** Adds a verb to the program. */
type AddVerb = (program: Command) => void;

/**
 * The verbs, in the order that the help tells them. Each is loaded when it is used: what one needs
 * takes longer to load than another takes to do its work.
 */
const verbs: ReadonlyMap<string, () => Promise<AddVerb>> = new Map([
  ['demo', async () => (await import('./verbs/demo.ts')).addDemoVerb],
  ['serve', async () => (await import('./verbs/serve.ts')).addServeVerb],
  ['p2pstdio', async () => (await import('./verbs/p2pstdio.ts')).addP2pstdioVerb],
  ['shell', async () => (await import('./verbs/shell.ts')).addShellVerb],
  ['parse', async () => (await import('./verbs/parse.ts')).addParseVerb],
  ['compare', async () => (await import('./verbs/compare.ts')).addCompareVerb],
  ['evaluate', async () => (await import('./verbs/evaluate.ts')).addEvaluateVerb],
  ['explain', async () => (await import('./verbs/explain.ts')).addExplainVerb],
  ['plan', async () => (await import('./verbs/plan.ts')).addPlanVerb],
  ['rebalance', async () => (await import('./verbs/rebalance.ts')).addRebalanceVerb],
  ['lint', async () => (await import('./verbs/lint.ts')).addLintVerb],
  ['terms', async () => (await import('./verbs/terms.ts')).addTermsVerb],
  ['verifyremote', async () => (await import('./verbs/verifyremote.ts')).addVerifyremoteVerb],
  ['fsck', async () => (await import('./verbs/fsck.ts')).addFsckVerb],
  ['sim', async () => (await import('./verbs/sim.ts')).addSimVerb],
]);

/**
 * The command line.
 * @param argv what stands after the program's name.
 * @returns the exit status: 0 only when the command did what it says and all is well, else one of `statuses`.
 */
export async function main(argv: readonly string[]): Promise<number> {
  watchOutput();
  const program = new Command('ballast')
    .description('A gateway for git-annex clusters and the placement engine under it.')
    .version(version())
    .showHelpAfterError('("ballast --help" and "ballast VERB --help" tell what there is)')
    .enablePositionalOptions()
    .exitOverride();
  for (const load of verbsFor(argv)) (await load())(program);
  for (const verb of program.commands) verb.copyInheritedSettings(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : statuses.unable;
    if (error instanceof FoundWanting) return error.data.status;
    if (!isForPeople(error)) throw error;
    console.error(`ballast: ${error.message}`);
    return statuses.unable;
  }
}

/** The verb that is asked for; all of them where what is asked for has to be looked for. */
function verbsFor([name = '']: readonly string[]): Iterable<() => Promise<AddVerb>> {
  if (name === '--version' || name === '-V') return [];
  const asked = verbs.get(name);
  return asked === undefined ? verbs.values() : [asked];
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
