import { peerOfRemote } from '../../nodes/index.ts';
import { parseUuid } from '../../units/index.ts';
import { localPathOf } from './local-remote.ts';

/** What of a gateway's git config tells the kinds of remotes apart. */
export interface RemoteSettings {
  get(name: string): string | undefined;
}

/** Special remotes, by the setting `remote.NAME.SETTING` that git-annex gives each of them. */
const specialRemotes: readonly (readonly [setting: string, type: string])[] = [
  ['annex-directory', 'directory'],
  ['annex-s3', 'S3'],
  ['annex-glacier', 'glacier'],
  ['annex-webdav', 'webdav'],
  ['annex-rsyncurl', 'rsync'],
  ['annex-buprepo', 'bup'],
  ['annex-borgrepo', 'borg'],
  ['annex-ddarrepo', 'ddar'],
  ['annex-tahoe', 'tahoe'],
  ['annex-adb', 'adb'],
  ['annex-androiddirectory', 'adb'],
  ['annex-rclone', 'rclone'],
  ['annex-web', 'web'],
  ['annex-httpalso', 'httpalso'],
  ['annex-git-lfs', 'git-lfs'],
  ['annex-gcrypt', 'gcrypt'],
  ['annex-compute', 'compute'],
  ['annex-mask', 'mask'],
  ['annex-hooktype', 'hook'],
  ['annex-externaltype', 'external'],
];

/**
 * Why a remote is of no kind that can be a node here, as the end of a sentence about it; `undefined`
 * for a repository on a local path and for a peer.
 */
export function whyNoNode(remote: string, config: RemoteSettings): string | undefined {
  const setting = (name: string): string | undefined => config.get(`remote.${remote}.${name}`);
  const special = specialRemotes.find(([name]) => setting(name) !== undefined);
  if (special !== undefined) {
    return `is a special remote of type ${special[1]}, which ballast does not serve yet`;
  }
  const uuid = parseUuid(setting('annex-uuid') ?? '');
  const isPeer =
    uuid !== undefined &&
    peerOfRemote(remote, config, { server: uuid, client: uuid, directory: '/' }) !== undefined;
  if (isPeer || localPathOf(setting('url'), '/') !== undefined) return undefined;
  return 'has a url that is neither a local path nor a peer';
}
