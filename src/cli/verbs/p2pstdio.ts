import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { findRepository } from '../stdio/find-repository.ts';
import { readShellArguments } from '../stdio/shell-arguments.ts';
import { allowedDirectory, shellEnvironment } from '../stdio/shell-environment.ts';

/** Tells of `ballast p2pstdio` in the help; it is run by {@link p2pstdio}. */
export function addP2pstdioVerb(program: Command): void {
  program
    .command('p2pstdio')
    .description("speak git-annex's P2P protocol on standard input and output")
    .argument('<DIR>', 'the repository')
    .argument('<CLIENTUUID>', 'what the client calls itself')
    .option('--uuid <UUID>', 'the repository, proxied node or cluster that is expected')
    .option('--debug', 'taken for the sake of clients');
}

/**
 * Runs `p2pstdio DIR CLIENTUUID [--uuid UUID]`, within what the environment allows.
 *
 * @returns the exit status (spec/p2p-line.md section 1).
 */
export async function p2pstdio(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { parameters, uuid } = readShellArguments(words);
  const [named, client, ...others] = parameters;
  if (named === undefined) throw new UserError('bad parameters: p2pstdio DIR CLIENTUUID');
  const environment = shellEnvironment(env);
  const directory = allowedDirectory(named, environment);
  if (client === undefined) throw new UserError('missing UUID parameter');
  if (others.length > 0) throw new UserError('bad parameters: too many of them');
  const { serveStdio } = await import('../stdio/serve-stdio.ts');
  const found = findRepository(directory);
  return await serveStdio({ directory: found, access: environment.access, expected: uuid });
}
