import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { parseRate } from '../serving/scrub-options.ts';
import type { FsckOptions } from '../fsck/run-fsck.ts';

/** Copies looked at at once; each takes some file and memory. */
const jobsMax = 64;

/**
 * `ballast fsck [REPO]`: reads all contents of a repository, and of the nodes that it is the gateway to, and makes good
 * what is not as it should be, at once.
 */
export function addFsckVerb(program: Command): void {
  program
    .command('fsck')
    .description('read all contents again, and make good what is damaged or gone')
    .argument('[REPO]', 'the repository, or gateway', '.')
    .option(
      '--node <NAME>',
      'only this node, by name or UUID; "here" is the repository itself; repeatable',
      append,
    )
    .option('--incremental', 'go on where the last one, or the scrub of a server, has stopped')
    .option(
      '--rate <SIZE>',
      'how much is read in a second, as 50MiB (default: as fast as can be)',
      parseRate,
    )
    .option('--jobs <N>', 'copies that are looked at at once', parseJobs, 1)
    .option('--json', 'a line of JSON for each copy that is not as it should be, and for each node')
    .addHelpText('after', statusHelp)
    .action(async (repository: string, options: FsckOptions) => {
      const { runFsck } = await import('../fsck/run-fsck.ts');
      await runFsck(resolve(repository), options);
    });
}

const statusHelp = `
Ends with 0 when all is well, 1 when something was damaged or gone (also when it was made good), 3 when
something could not be checked. What is damaged is moved to annex/bad, and nothing is ever removed.`;

function append(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (/^\d{1,3}$/.test(text) && jobs >= 1 && jobs <= jobsMax) return jobs;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${jobsMax}.`);
}
