import type { Uuid } from '../units/index.ts';

/** Special remotes that every annex has, and no log names. */
export const builtInRemotes: ReadonlyMap<string, string> = new Map([
  ['00000000-0000-0000-0000-000000000001', 'web'],
  ['00000000-0000-0000-0000-000000000002', 'bittorrent'],
]);

/**
 * Whether a repository is no git repository, but something that git-annex keeps contents on.
 *
 * @param settings those of remote.log, by repository.
 */
export function isSpecialRemote(
  uuid: Uuid,
  settings: ReadonlyMap<Uuid, ReadonlyMap<string, string>>,
): boolean {
  const type = settings.get(uuid)?.get('type');
  return builtInRemotes.has(uuid) || (type !== undefined && type !== 'git');
}
