import {
  GitConfig,
  remoteNames,
  remotePath,
  remoteUuid,
  thisMachine,
} from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';

/** Local repositories that are looked into for their remotes. */
const visitedMax = 200;

/** What one repository calls another. */
export interface Remote {
  readonly name: string;
  readonly uuid: Uuid;
}

/** A repository on this machine. */
export interface RemotePlace {
  readonly config: GitConfig;
  readonly directory: string;
  readonly uuid: Uuid;
}

/** The remotes of this repository, and of those that can be reached from it by local paths. */
export async function remotesFrom(
  start: RemotePlace,
): Promise<ReadonlyMap<Uuid, readonly Remote[]>> {
  const found = new Map<Uuid, readonly Remote[]>();
  const waiting = [start];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { config, directory, uuid } = next;
    if (found.has(uuid) || found.size >= visitedMax) continue;
    const remotes = remotesIn(config);
    found.set(uuid, remotes);
    for (const remote of remotes) {
      const path = remotePath(remote.name, config, directory);
      const other = path === undefined ? undefined : await configOf(path);
      // Another repository may be there by now.
      if (path === undefined || other?.get('annex.uuid') !== remote.uuid) continue;
      waiting.push({ config: other, directory: path, uuid: remote.uuid });
    }
  }
  return found;
}

/** Remotes with a UUID that git-annex is not told to ignore. */
function remotesIn(config: GitConfig): readonly Remote[] {
  return remoteNames(config).flatMap((name) => {
    const uuid = remoteUuid(name, config);
    const isIgnored = config.getBoolean(`remote.${name}.annex-ignore`) === true;
    return uuid === undefined || isIgnored ? [] : [{ name, uuid }];
  });
}

async function configOf(directory: string): Promise<GitConfig | undefined> {
  try {
    return await GitConfig.read(directory, thisMachine.configurations);
  } catch {
    // A remote need not be there, or be ours to read; then its remotes are not known.
    return undefined;
  }
}
