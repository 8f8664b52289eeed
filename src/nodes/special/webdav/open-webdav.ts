import type { System } from '../../../repository/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import { findCredentials } from '../settings/credentials.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { DavClient } from './dav-client.ts';
import { DavStore } from './dav-store.ts';

const names = {
  login: 'WEBDAV_USERNAME',
  password: 'WEBDAV_PASSWORD',
  embedded: 'davcreds',
} as const;

/**
 * Opens a `type=webdav` remote.
 *
 * @param options.annexDirectory the gateway's `annex` directory.
 * @throws Error when its url or credentials cannot be used.
 */
export async function openWebdav(
  settings: SpecialSettings,
  { annexDirectory, system }: { readonly annexDirectory: string; readonly system: System },
  cipher: Cipher | undefined,
): Promise<DavStore> {
  const disk = system.disks.at(annexDirectory);
  const credentials = await findCredentials(settings, names, { annexDirectory, disk, cipher });
  if (credentials === undefined) {
    throw new Error(
      'it has no credentials: give them to the server as WEBDAV_USERNAME and WEBDAV_PASSWORD, or ' +
        'run "git annex enableremote" for it in the gateway with them',
    );
  }
  const client = new DavClient(settings.values.get('url') ?? '', credentials, system.clock);
  return new DavStore(client, system.clock);
}
