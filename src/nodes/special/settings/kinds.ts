/** The types of special remotes, as a gateway's git config and remote.log tell them (spec/special-remotes.md section 1). */

/** Types of special remotes: the setting `remote.NAME.SETTING` that git-annex gives each, and which are served here. */
const types = [
  { type: 'directory', setting: 'annex-directory', isServed: true },
  { type: 'S3', setting: 'annex-s3', isServed: true },
  { type: 'glacier', setting: 'annex-glacier', isServed: false },
  { type: 'webdav', setting: 'annex-webdav', isServed: true },
  { type: 'rsync', setting: 'annex-rsyncurl', isServed: true },
  { type: 'bup', setting: 'annex-buprepo', isServed: false },
  { type: 'borg', setting: 'annex-borgrepo', isServed: false },
  { type: 'ddar', setting: 'annex-ddarrepo', isServed: false },
  { type: 'tahoe', setting: 'annex-tahoe', isServed: false },
  { type: 'adb', setting: 'annex-adb', isServed: false },
  { type: 'adb', setting: 'annex-androiddirectory', isServed: false },
  { type: 'rclone', setting: 'annex-rclone', isServed: false },
  { type: 'web', setting: 'annex-web', isServed: true },
  { type: 'httpalso', setting: 'annex-httpalso', isServed: true },
  { type: 'git-lfs', setting: 'annex-git-lfs', isServed: false },
  { type: 'gcrypt', setting: 'annex-gcrypt', isServed: false },
  { type: 'compute', setting: 'annex-compute', isServed: false },
  { type: 'mask', setting: 'annex-mask', isServed: false },
  { type: 'hook', setting: 'annex-hooktype', isServed: false },
  { type: 'external', setting: 'annex-externaltype', isServed: true },
] as const;

/** A type of special remote, as git-annex calls it. */
export type SpecialType = (typeof types)[number]['type'];

/** One that contents are kept on here. */
export type ServedType = Extract<(typeof types)[number], { readonly isServed: true }>['type'];

/** Types that trees may be exported to here. */
const exportTypes: readonly ExportType[] = ['directory', 'S3', 'rsync', 'external', 'webdav'];

/** One that trees may be exported to. */
export type ExportType = Extract<ServedType, 'directory' | 'S3' | 'rsync' | 'external' | 'webdav'>;

/** What of a gateway's git config tells the kinds of remotes apart. */
export interface RemoteSettings {
  get(name: string): string | undefined;
}

/** The type of special remote that git config says a remote is of; `undefined` for one that is none. */
export function specialTypeOf(remote: string, config: RemoteSettings): SpecialType | undefined {
  return types.find(({ setting }) => config.get(`remote.${remote}.${setting}`) !== undefined)?.type;
}

/** Whether trees are exported here to remotes of a type. */
export function isExportType(type: ServedType): type is ExportType {
  return exportTypes.some((one) => one === type);
}

/** Whether contents are kept here on remotes of a type. */
export function isServedType(type: SpecialType): type is ServedType {
  return types.some((row) => row.type === type && row.isServed);
}
