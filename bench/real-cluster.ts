import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A gateway with node repositories and a cluster named `cluster`, made by real git-annex, without
 * expressions: every node stores everything.
 *
 * @returns the gateway's directory.
 */
export function makeRealCluster(
  directory: string,
  options: { readonly nodes: number; readonly environment: NodeJS.ProcessEnv },
): string {
  mkdirSync(directory);
  const gateway = join(directory, 'gateway');
  const git = (repository: string, ...words: string[]): void => {
    execFileSync('git', ['-C', repository, ...words], {
      env: options.environment,
      stdio: 'ignore',
    });
  };
  git(directory, 'init', '--quiet', '-b', 'main', gateway);
  git(gateway, 'commit', '--quiet', '--allow-empty', '-m', 'start');
  git(gateway, 'config', 'receive.denyCurrentBranch', 'updateInstead');
  git(gateway, 'annex', 'init', 'gateway');
  git(gateway, 'annex', 'initcluster', 'cluster');
  for (let number = 1; number <= options.nodes; number += 1) {
    const name = `node${number}`;
    const node = join(directory, name);
    git(directory, 'clone', '--quiet', gateway, node);
    git(node, 'remote', 'remove', 'origin');
    git(node, 'annex', 'init', name);
    git(gateway, 'remote', 'add', name, node);
    git(gateway, 'fetch', '--quiet', name);
    git(gateway, 'config', `remote.${name}.annex-cluster-node`, 'cluster');
  }
  git(gateway, 'annex', 'updatecluster');
  return gateway;
}
