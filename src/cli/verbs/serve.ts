import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { findGit } from '../../repository/index.ts';
import { serveGateway } from '../serve-gateway.ts';
import { withLimitOptions, type LimitOptions } from './limit-options.ts';
import { withListenOptions, type ListenOptions } from './listen-options.ts';

interface ServeVerbOptions extends ListenOptions, LimitOptions {
  readonly wideopen?: boolean;
  readonly unauthReadonly?: boolean;
  readonly unauthAppendonly?: boolean;
  readonly unauthNolocking?: boolean;
}

/** `ballast serve [REPO]`: serves an existing git-annex repository and what it is a gateway to. */
export function addServeVerb(program: Command): void {
  withLimitOptions(
    withListenOptions(
      program
        .command('serve')
        .description('serve a git-annex repository, and the nodes and clusters behind it')
        .argument('[REPO]', 'the repository', '.')
        .option('--wideopen', 'allow everybody everything')
        .option('--unauth-readonly', 'allow everybody to read')
        .option('--unauth-appendonly', 'allow everybody to read and to store, not to remove')
        .option('--unauth-nolocking', 'with --unauth-readonly: do not allow locking')
        .option('-J, --jobs <N>', 'taken for the sake of scripts; requests here occupy no workers'),
    ),
  ).action(async (repository: string, options: ServeVerbOptions) => {
    await findGit();
    const directory = resolve(repository);
    const repositoryName = basename(directory).replace(/\.git$/, '') || 'annex';
    await serveGateway({
      repository: directory,
      repositoryName,
      listen: options,
      access: options,
      limits: options.limit,
      ready: ({ host, port }) => {
        console.log(`ballast serves ${directory} at http://${host}:${port}/${repositoryName}`);
      },
    });
  });
}
