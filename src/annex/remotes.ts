import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GitConfig, thisMachine } from '../repository/index.ts';
import { parseUuid, type Uuid } from '../units/index.ts';

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
      const path = localPath(config.get(`remote.${remote.name}.url`) ?? '', directory);
      const other = path === undefined ? undefined : await configOf(path);
      // Another repository may be there by now.
      if (path === undefined || other?.get('annex.uuid') !== remote.uuid) continue;
      waiting.push({ config: other, directory: path, uuid: remote.uuid });
    }
  }
  return found;
}

function remotesIn(config: GitConfig): readonly Remote[] {
  return [...config.names()].flatMap((setting) => {
    const [, name = ''] = /^remote\.(.+)\.annex-uuid$/s.exec(setting) ?? [];
    const uuid = parseUuid(config.get(setting) ?? '');
    if (name === '' || uuid === undefined) return [];
    return config.getBoolean(`remote.${name}.annex-ignore`) === true ? [] : [{ name, uuid }];
  });
}

/** Where a remote is on this machine; `undefined` for one that is elsewhere. */
function localPath(url: string, directory: string): string | undefined {
  if (url.startsWith('file://')) {
    try {
      return fileURLToPath(url);
    } catch {
      return undefined;
    }
  }
  // As git has it, a colon before the first slash is the end of a host's name.
  return url === '' || /^[^/]*:/.test(url) ? undefined : resolve(directory, url);
}

async function configOf(directory: string): Promise<GitConfig | undefined> {
  try {
    return await GitConfig.read(directory, thisMachine.configurations);
  } catch {
    // A remote need not be there, or be ours to read; then its remotes are not known.
    return undefined;
  }
}
