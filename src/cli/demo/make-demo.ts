import { mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  createRepository,
  fsyncDirectory,
  machineClock,
  ownDisk,
  thisMachine,
  writeFirstCommit,
} from '../../repository/index.ts';
import { uuidFromBytes, type Uuid } from '../../units/index.ts';
import { demoBranch, type DemoUuids } from './demo-branch.ts';
import { demoTrouble } from './demo-trouble.ts';
import { demoMark, demoNames, nodeDirectory } from './demo-names.ts';

/**
 * Makes a demo in a directory that does not exist or is empty: a gateway, three nodes and a
 * cluster, with git alone. It is made beside its place and moved there when it is whole; when that
 * fails or is given up, nothing is left of it.
 *
 * @param signal gives it up; the promise then rejects with the signal's reason.
 * @throws UserError when there is no room for it, or no leave.
 */
export async function makeDemo(
  directory: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  try {
    await makeWhole(directory, signal);
  } catch (error) {
    throw demoTrouble(directory, error);
  }
}

async function makeWhole(directory: string, signal: AbortSignal): Promise<void> {
  const parent = dirname(directory);
  const firstMade = await mkdir(parent, { recursive: true });
  let unfinished: string | undefined;
  try {
    unfinished = await mkdtemp(join(parent, `.${basename(directory)}.unfinished-`));
    await fill(unfinished);
    signal.throwIfAborted();
    await rmdir(directory).catch(() => undefined);
    await rename(unfinished, directory);
    await fsyncDirectory(parent, ownDisk);
  } catch (error) {
    if (unfinished !== undefined) await rm(unfinished, { recursive: true, force: true });
    if (firstMade !== undefined) await removeEmpty(parent, firstMade);
    throw error;
  }
}

/** Takes back directories that were made for the demo, from the innermost to the first. */
async function removeEmpty(innermost: string, first: string): Promise<void> {
  for (let directory = innermost; ; directory = dirname(directory)) {
    try {
      await rmdir(directory);
    } catch {
      return; // somebody else has put something there meanwhile
    }
    if (directory === first) return;
  }
}

async function fill(directory: string): Promise<void> {
  const uuids: DemoUuids = {
    gateway: newUuid('repository'),
    cluster: newUuid('cluster'),
    nodes: new Map(demoNames.nodes.map((name) => [name, newUuid('repository')])),
  };
  const gateway = join(directory, demoNames.gatewayDirectory);
  const files = demoBranch(uuids, machineClock.wallMs());
  const made = await Promise.allSettled([
    makeGateway(gateway, uuids, files),
    ...[...uuids.nodes].map(([name, uuid]) =>
      createRepository(join(directory, nodeDirectory(name)), { uuid, branch: files }),
    ),
  ]);
  // All have ended before the first failure is told, so that nobody writes to what is then removed.
  for (const result of made) if (result.status === 'rejected') throw result.reason;
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
    clock: machineClock,
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
  for (const [name, value] of settings) {
    await thisMachine.configurations.set(directory, { name, value });
  }
}

function newUuid(kind: 'repository' | 'cluster'): Uuid {
  return uuidFromBytes(machineClock.bytes(16), kind);
}

const welcome = `# ballast demo

This repository is served by ballast. Its cluster has three nodes; the expression
\`${demoNames.groupwanted}\` sends each file to two of them.

    git annex init
    git annex add FILE && git commit -m "add a file"
    git annex copy --to origin-${demoNames.cluster}
    git annex whereis
`;
