import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  createRepository,
  fsyncDirectory,
  setGitConfig,
  writeFirstCommit,
} from '../../repository/index.ts';
import { uuidFromBytes, type Uuid } from '../../units/index.ts';
import { demoBranch, type DemoUuids } from './demo-branch.ts';
import { demoMark, demoNames, nodeDirectory } from './demo-names.ts';

/**
 * Makes a demo in a directory that does not exist or is empty: a gateway, three nodes and a cluster,
 * with git alone. It is made beside its place and moved there when it is whole.
 */
export async function makeDemo(directory: string): Promise<void> {
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(join(parent, `.${basename(directory)}.unfinished-`));
  try {
    await fill(unfinished);
    await rmdir(directory).catch(() => undefined);
    await rename(unfinished, directory);
    await fsyncDirectory(parent);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function fill(directory: string): Promise<void> {
  const uuids: DemoUuids = {
    gateway: newUuid('repository'),
    cluster: newUuid('cluster'),
    nodes: new Map(demoNames.nodes.map((name) => [name, newUuid('repository')])),
  };
  const gateway = join(directory, demoNames.gatewayDirectory);
  const files = demoBranch(uuids, Date.now());
  await Promise.all([
    makeGateway(gateway, uuids, files),
    ...[...uuids.nodes].map(([name, uuid]) =>
      createRepository(join(directory, nodeDirectory(name)), { uuid, branch: files }),
    ),
  ]);
}

async function makeGateway(
  directory: string,
  uuids: DemoUuids,
  branch: readonly { path: string; text: string }[],
): Promise<void> {
  await createRepository(directory, { uuid: uuids.gateway, branch });
  await writeFirstCommit(directory, {
    ref: 'refs/heads/main',
    message: 'Welcome',
    files: [{ path: 'README.md', text: welcome }],
  });
  const settings: (readonly [string, string])[] = [
    [demoMark, 'true'],
    [`annex.cluster.${demoNames.cluster}`, uuids.cluster],
    ...[...uuids.nodes].flatMap(([name, uuid]): (readonly [string, string])[] => [
      [`remote.${name}.url`, `../${nodeDirectory(name)}`],
      [`remote.${name}.fetch`, `+refs/heads/*:refs/remotes/${name}/*`],
      [`remote.${name}.annex-uuid`, uuid],
      [`remote.${name}.annex-cluster-node`, demoNames.cluster],
    ]),
  ];
  for (const [name, value] of settings) await setGitConfig(directory, { name, value });
}

function newUuid(kind: 'repository' | 'cluster'): Uuid {
  return uuidFromBytes(randomBytes(16), kind);
}

const welcome = `# ballast demo

This repository is served by ballast. Its cluster has three nodes; the expression
\`${demoNames.groupwanted}\` sends each file to two of them.

    git annex init
    git annex add FILE && git commit -m "add a file"
    git annex copy --to origin-${demoNames.cluster}
    git annex whereis
`;
