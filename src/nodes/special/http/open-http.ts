import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  serializeKey,
  type Key,
} from '../../../key/index.ts';
import { compileGlob, encodeText } from '../../../units/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import type { RemoteSettings } from '../settings/kinds.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { allowedAddresses } from './allowed-addresses.ts';
import { encodedName } from './web-answer.ts';
import { WebClient } from './web-client.ts';
import { HttpStore } from './http-store.ts';

/** What opening a remote on the web needs of a gateway. */
export interface HttpOptions {
  readonly config: RemoteSettings;
  /** The urls that the git-annex branch has of a key. */
  readonly programLogs: { urls(key: Key): Promise<readonly string[]> };
}

/**
 * Opens a `type=httpalso` remote: a server that shows the files of a directory or rsync remote
 * (spec/special-remotes.md section 6.3).
 *
 * @throws Error when its url cannot be used.
 */
export function openHttpAlso({ values }: SpecialSettings, { config }: HttpOptions): HttpStore {
  const client = clientFor(config);
  const base = (values.get('url') ?? '').replace(/\/+$/, '');
  const why = client.whyNot(base);
  if (why !== undefined) throw new Error(`its url=${base} ${why}`);
  const urlsOf = (piece: Key): Promise<readonly string[]> => {
    const file = encodedName(encodeText(keyFile(piece)));
    const directories = [
      hashDirectoryLower(piece, nativeMd5),
      hashDirectoryMixed(piece, nativeMd5),
    ];
    return Promise.resolve(directories.map((directory) => `${base}/${directory}${file}/${file}`));
  };
  return new HttpStore({ client, base: `${base}/`, isBaseKnown: false, urlsOf });
}

/**
 * Opens a `type=web` remote: whatever urls the git-annex branch has of a key, of those that its globs take
 * (spec/special-remotes.md section 6.4). Urls that other programs are to download, as `yt:`, are not asked for.
 *
 * @throws Error when its globs cannot be used.
 */
export function openWebRemote(
  { values }: SpecialSettings,
  { config, programLogs }: HttpOptions,
): HttpStore {
  const client = clientFor(config);
  const [included, excluded] = ['urlinclude', 'urlexclude'].map((name) => {
    const text = values.get(name);
    const glob = text === undefined ? undefined : compileGlob(text, 'url');
    if (glob?.isCompilable === false) throw new Error(`its ${name}=${text} is no glob`);
    return glob;
  });
  const isTaken = (url: string): boolean =>
    client.whyNot(url) === undefined &&
    included?.matches(url) !== false &&
    excluded?.matches(url) !== true;
  return new HttpStore({
    client,
    base: undefined,
    isBaseKnown: false,
    urlsOf: async (piece) => (await programLogs.urls(piece)).filter(isTaken),
  });
}

/**
 * Opens what a bucket shows to everybody, to be read (`publicurl=`, `public=yes`, spec/special-remotes.md section 5.5).
 *
 * @param prefix stands in front of every object's name.
 * @throws Error when its url cannot be used.
 */
export function openPublicBucket(url: string, prefix: string, config: RemoteSettings): HttpStore {
  const client = clientFor(config);
  const base = url.replace(/\/+$/, '');
  const why = client.whyNot(base);
  if (why !== undefined) throw new Error(`its publicurl=${base} ${why}`);
  const urlsOf = (piece: Key): Promise<readonly string[]> =>
    Promise.resolve([`${base}/${encodedName(encodeText(`${prefix}${serializeKey(piece)}`))}`]);
  return new HttpStore({ client, base: `${base}/`, isBaseKnown: true, urlsOf });
}

/** As git-annex has it where nothing is set; of its schemes, ftp is not spoken here. */
const usualSchemes = 'http https';

function clientFor(config: RemoteSettings): WebClient {
  const schemes = config.get('annex.security.allowed-url-schemes') ?? usualSchemes;
  return new WebClient({
    isAllowed: allowedAddresses(config.get('annex.security.allowed-ip-addresses') ?? ''),
    schemes: new Set(schemes.toLowerCase().split(/\s+/)),
  });
}
