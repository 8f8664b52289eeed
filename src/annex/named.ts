import type { Configuration } from '../placement/index.ts';
import { parseUuid, type Uuid } from '../units/index.ts';
import type { OpenAnnex } from './annex.ts';
import { builtInRemotes } from './special-remotes.ts';

/** A repository that was named; or why it is none, as git-annex says it. */
export type NamedRepository =
  | { readonly kind: 'repository'; readonly uuid: Uuid }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The repository that is named by `here`, a remote, a description or a UUID, as git-annex finds it. */
export function repositoryNamed(
  words: string,
  { config }: Pick<OpenAnnex, 'config'>,
  configuration: Configuration,
): NamedRepository {
  if (words === 'here') return foundAs(config.get('annex.uuid'), words);
  const ofRemote = config.get(`remote.${words}.annex-uuid`);
  if (ofRemote !== undefined || config.get(`remote.${words}.url`) !== undefined) {
    return foundAs(ofRemote, words);
  }
  const asUuid = parseUuid(words);
  if (asUuid !== undefined && builtInRemotes.has(asUuid))
    return { kind: 'repository', uuid: asUuid };
  for (const [uuid, { description }] of configuration.repositories) {
    if (description === words || uuid === asUuid) return { kind: 'repository', uuid };
  }
  return { kind: 'unknown', reason: `there is no available git remote named "${words}"` };
}

function foundAs(text: string | undefined, name: string): NamedRepository {
  const uuid = parseUuid(text ?? '');
  if (uuid !== undefined) return { kind: 'repository', uuid };
  return {
    kind: 'unknown',
    reason: `cannot determine uuid for ${name} (perhaps you need to run "git annex sync"?)`,
  };
}
