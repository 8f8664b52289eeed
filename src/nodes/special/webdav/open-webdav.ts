import type { System } from '../../../repository/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import { findCredentials } from '../settings/credentials.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { DavClient } from './dav-client.ts';
import { DavExport } from './dav-export.ts';
import { DavStore } from './dav-store.ts';

const names = {
  login: 'WEBDAV_USERNAME',
  password: 'WEBDAV_PASSWORD',
  embedded: 'davcreds',
} as const;

/** What opening a webdav remote needs of a gateway. */
export interface WebdavOptions {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: System;
}

/**
 * Opens a `type=webdav` remote.
 *
 * @throws Error when its url or credentials cannot be used.
 */
export async function openWebdav(
  settings: SpecialSettings,
  options: WebdavOptions,
  cipher: Cipher | undefined,
): Promise<DavStore> {
  return new DavStore(await openClient(settings, options, cipher), options.system.clock);
}

/**
 * Opens a `type=webdav` remote that trees are exported to.
 *
 * @throws Error when its url or credentials cannot be used.
 */
export async function openWebdavExport(
  settings: SpecialSettings,
  options: WebdavOptions,
): Promise<DavExport> {
  return new DavExport(await openClient(settings, options, undefined), options.system.clock);
}

async function openClient(
  settings: SpecialSettings,
  { annexDirectory, system }: WebdavOptions,
  cipher: Cipher | undefined,
): Promise<DavClient> {
  const disk = system.disks.at(annexDirectory);
  const credentials = await findCredentials(settings, names, { annexDirectory, disk, cipher });
  if (credentials === undefined) {
    throw new Error(
      'it has no credentials: give them to the server as WEBDAV_USERNAME and WEBDAV_PASSWORD, or ' +
        'run "git annex enableremote" for it in the gateway with them',
    );
  }
  return new DavClient(settings.values.get('url') ?? '', credentials, system.clock);
}
