/** The types of special remotes, as a gateway's git config and remote.log tell them (spec/special-remotes.md section 1). */

/** Types of special remotes that contents are kept on here. */
export const servedTypes = ['directory', 'S3', 'rsync', 'external', 'httpalso', 'web'] as const;

/** One of them. */
export type ServedType = (typeof servedTypes)[number];

/** The setting `remote.NAME.SETTING` that git-annex gives each type, and the type. */
const typeSettings: readonly (readonly [setting: string, type: string])[] = [
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

/** What of a gateway's git config tells the kinds of remotes apart. */
export interface RemoteSettings {
  get(name: string): string | undefined;
}

/** The type of special remote that git config says a remote is of; `undefined` for one that is none. */
export function specialTypeOf(remote: string, config: RemoteSettings): string | undefined {
  return typeSettings.find(([name]) => config.get(`remote.${remote}.${name}`) !== undefined)?.[1];
}
