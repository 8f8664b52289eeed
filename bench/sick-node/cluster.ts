import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitEnvironment } from '../../test/support/git-annex.ts';
import { AnnexHttp, keyOf, says } from '../../test/long/world/annex-http.ts';
import { LoopDisk } from '../../test/long/world/loop-disk.ts';
import { serve } from '../../test/long/world/served.ts';
import { makeRealCluster } from '../real-cluster.ts';

const repositories = ['gateway', 'node1', 'node2', 'node3'] as const;
export type Name = (typeof repositories)[number] | 'cluster';
export type Uuids = Readonly<Record<Name, string>>;

/** A cluster with some contents on all three nodes, to be copied for each state. */
export interface Template {
  readonly directory: string;
  readonly uuids: Uuids;
  readonly keys: readonly string[];
}

/** Bytes of every content here. */
export const contentBytes = 10_000;
const keysCount = 40;

/** Makes one by real git-annex, and stores the contents through the program given. */
export async function makeTemplate(place: string, program: string): Promise<Template> {
  const directory = join(place, 'template');
  makeRealCluster(directory, { nodes: 3, environment: gitEnvironment });
  const uuids = uuidsOf(directory);
  const server = await serve(join(directory, 'gateway'), { program });
  const client = new AnnexHttp({ limitMs: 60_000 });
  const keys: string[] = [];
  for (let count = 0; count < keysCount; count += 1) {
    const content = randomBytes(contentBytes);
    const key = keyOf(content);
    const answer = await client.put({ port: server.port, uuid: uuids.cluster }, key, content);
    if (!says(answer, 'stored')) throw new Error(`a put failed: ${answer.body?.toString()}`);
    keys.push(key);
  }
  client.close();
  await server.stop();
  return { directory, uuids, keys };
}

function uuidsOf(directory: string): Uuids {
  const uuidOf = (name: string): string =>
    git(join(directory, name), 'config', 'annex.uuid').trim();
  const [gateway, node1, node2, node3] = repositories.map(uuidOf);
  const cluster = git(join(directory, 'gateway'), 'config', 'annex.cluster.cluster').trim();
  if (!gateway || !node1 || !node2 || !node3) throw new Error('a repository has no uuid');
  return { gateway, node1, node2, node3, cluster };
}

/** One copy of the template, with node1 on a disk of its own. */
export interface World {
  readonly directory: string;
  readonly gateway: string;
  readonly node1: string;
  readonly disk: LoopDisk;
  readonly template: Template;
}

export function copyOf(template: Template, directory: string): World {
  mkdirSync(directory, { recursive: true });
  const disk = LoopDisk.make(join(directory, 'of-node1'), { sizeMiB: 192 });
  const node1 = join(disk.directory, 'node1');
  for (const name of repositories) {
    const to = name === 'node1' ? node1 : join(directory, name);
    execFileSync('cp', ['-a', join(template.directory, name), to]);
  }
  const gateway = join(directory, 'gateway');
  git(gateway, 'config', 'remote.node1.url', node1);
  for (const name of ['node2', 'node3']) {
    git(gateway, 'config', `remote.${name}.url`, join(directory, name));
  }
  return { directory, gateway, node1, disk, template };
}

/** Removes a copy: its disk first. */
export function endWorld(world: World): void {
  world.disk.end();
  execFileSync('chmod', ['-R', 'u+w', world.directory]);
  execFileSync('rm', ['-rf', world.directory]);
}

/**
 * An ssh that runs the command here, and notes which process that is: `stopped` beside it has every
 * new one stop at its start, as on a host that is stopped.
 */
export function standInSsh(world: World): { readonly program: string; readonly folder: string } {
  const folder = join(world.directory, 'ssh');
  mkdirSync(folder);
  const program = join(folder, 'ssh');
  const script =
    '#!/bin/sh\n' +
    'here=$(dirname "$0")\necho $$ >>"$here/processes"\n' +
    'if [ -e "$here/stopped" ]; then kill -STOP $$; fi\n' +
    'for last; do :; done\nexec sh -c "exec $last"\n';
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return { program, folder };
}
