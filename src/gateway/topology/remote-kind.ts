import { peerOfRemote, type SpecialFound } from '../../nodes/index.ts';
import { remotePath, remoteUuid } from '../../repository/index.ts';

/** What of a gateway's git config tells the kinds of remotes apart. */
export interface RemoteConfig {
  get(name: string): string | undefined;
}

/** What remotes are. */
export interface RemoteKinds {
  readonly config: RemoteConfig;
  /** Remotes of git config that are special remotes, by their names. */
  readonly specials: ReadonlyMap<string, SpecialFound>;
}

/**
 * Why a remote is of no kind that can be a node here, as the end of a sentence about it; `undefined`
 * for a repository on a local path, for a peer and for a special remote that is served.
 */
export function whyNoNode(remote: string, { config, specials }: RemoteKinds): string | undefined {
  const special = specials.get(remote);
  if (special !== undefined) return special.kind === 'unsupported' ? special.why : undefined;
  const uuid = remoteUuid(remote, config);
  const isPeer =
    uuid !== undefined &&
    peerOfRemote(remote, config, { server: uuid, client: uuid, directory: '/' }) !== undefined;
  if (isPeer || remotePath(remote, config, '/') !== undefined) return undefined;
  return 'has a url that is neither a local path nor a peer';
}
