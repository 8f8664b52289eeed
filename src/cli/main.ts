import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';

/**
 * The command line.
 * @param argv what stands after the program's name.
 * @returns the exit status: 0 only when the command did what it says.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('ballast')
    .description('A gateway for git-annex clusters and the placement engine under it.')
    .version(version())
    .exitOverride();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
