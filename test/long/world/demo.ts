import { join } from 'node:path';
import { makeDemo } from '../../../src/cli/demo/make-demo.ts';
import { Repository, setMaxsize, stampOf } from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { uuidOf } from '../../support/branch.ts';

export const nodeNames = ['node1', 'node2', 'node3'] as const;
export type NodeName = (typeof nodeNames)[number];

/** A demo cluster on disk: its gateway, three nodes beside it, and who they are. */
export interface Demo {
  readonly directory: string;
  readonly gateway: string;
  readonly cluster: string;
  readonly nodes: Readonly<Record<NodeName, string>>;
}

/** Makes one in a directory that is not there yet. */
export async function newDemo(directory: string): Promise<Demo> {
  await makeDemo(directory);
  const config = (name: string): string =>
    git(join(directory, 'gateway.git'), 'config', name).trim();
  return {
    ...demoIn(directory),
    cluster: config('annex.cluster.cluster'),
    nodes: {
      node1: config('remote.node1.annex-uuid'),
      node2: config('remote.node2.annex-uuid'),
      node3: config('remote.node3.annex-uuid'),
    },
  };
}

/** The same demo in another place: a copy of its disk. */
export function movedDemo(demo: Demo, directory: string): Demo {
  return { ...demo, ...demoIn(directory) };
}

function demoIn(directory: string): Pick<Demo, 'directory' | 'gateway'> {
  return { directory, gateway: join(directory, 'gateway.git') };
}

/** Where a node is. */
export function directoryOf(demo: Demo, name: NodeName): string {
  return join(demo.directory, `${name}.git`);
}

/** Gives every node that much room. */
export async function limitNodes(demo: Demo, maxsizeBytes: number): Promise<void> {
  const repository = await Repository.open(demo.gateway);
  const now = stampOf(Date.now());
  await repository.branch.change(
    Object.values(demo.nodes).map((uuid) => ({
      path: 'maxsize.log',
      edit: (log) =>
        setMaxsize(log ?? '', {
          uuid: uuidOf(uuid),
          maxsizeBytes: BigInt(maxsizeBytes),
          now,
        }),
    })),
  );
  await repository.close();
}
