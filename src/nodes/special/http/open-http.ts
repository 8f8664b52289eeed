import type { Clock } from '../../../clock/index.ts';
import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  serializeKey,
  type Key,
} from '../../../key/index.ts';
import { compileGlob, encodeText } from '../../../units/index.ts';
import { nativeMd5 } from '../../../repository/index.ts';
import { exportObjectPath } from '../export/export-paths.ts';
import type { ExportPlaces } from '../export/export-store.ts';
import type { RemoteSettings } from '../settings/kinds.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { allowedAddresses } from './allowed-addresses.ts';
import { encodedName } from './web-answer.ts';
import { WebClient } from './web-client.ts';
import { HttpStore, type HttpStoreParts, type PieceUrls } from './http-store.ts';

/** What opening a remote on the web needs of a gateway. */
export interface HttpOptions {
  readonly config: RemoteSettings;
  /** The urls that the git-annex branch has of a key. */
  readonly programLogs: { urls(key: Key): Promise<readonly string[]> };
  /** Where trees that were exported to the remote have contents. */
  readonly exportPlaces: ExportPlaces;
  readonly system: { readonly clock: Pick<Clock, 'after' | 'uuid'> };
}

/**
 * Opens a `type=httpalso` remote: a server that shows the files of a directory or rsync remote, or of one that trees
 * are exported to (spec/special-remotes.md section 6.3).
 *
 * @throws Error when its url cannot be used.
 */
export function openHttpAlso(
  { values, showsExport = false }: SpecialSettings,
  { config, system, exportPlaces }: Pick<HttpOptions, 'config' | 'system' | 'exportPlaces'>,
): HttpStore {
  const client = clientFor(config, system.clock);
  const base = (values.get('url') ?? '').replace(/\/+$/, '');
  const why = client.whyNot(base);
  if (why !== undefined) throw new Error(`its url ${why}`);
  const exportUrlsOf = async (piece: Key): Promise<PieceUrls> => {
    const paths = [exportObjectPath(piece, nativeMd5), ...(await exportPlaces.of(piece))];
    const urls = paths.map((path) => `${base}/${encodedName(encodeText(path))}`);
    return { urls, isElsewhere: false };
  };
  const pieceUrlsOf = (piece: Key): Promise<PieceUrls> => {
    const file = encodedName(encodeText(keyFile(piece)));
    const directories = [
      hashDirectoryLower(piece, nativeMd5),
      hashDirectoryMixed(piece, nativeMd5),
    ];
    const urls = directories.map((directory) => `${base}/${directory}${file}/${file}`);
    return Promise.resolve({ urls, isElsewhere: false });
  };
  const urlsOf = showsExport ? exportUrlsOf : pieceUrlsOf;
  return new HttpStore({ client, base: baseAt(base, system.clock), isBaseKnown: false, urlsOf });
}

/**
 * Opens a `type=web` remote: whatever urls the git-annex branch has of a key, of those that its globs take
 * (spec/special-remotes.md section 6.4). What only others have a url of that is asked by another program (`yt:`) or
 * scheme, is not known to be absent; urls of other remotes, which begin with a colon, are theirs.
 *
 * @throws Error when its globs cannot be used.
 */
export function openWebRemote(
  { values }: SpecialSettings,
  { config, programLogs, system }: Omit<HttpOptions, 'exportPlaces'>,
): HttpStore {
  const client = clientFor(config, system.clock);
  const [included, excluded] = ['urlinclude', 'urlexclude'].map((name) => {
    const text = values.get(name);
    const glob = text === undefined ? undefined : compileGlob(text, 'url');
    if (glob?.isCompilable === false) throw new Error(`its ${name}=${text} is no glob`);
    return glob;
  });
  const isTaken = (url: string): boolean =>
    !url.startsWith(':') && included?.matches(url) !== false && excluded?.matches(url) !== true;
  return new HttpStore({
    client,
    base: undefined,
    isBaseKnown: false,
    urlsOf: async (piece) => {
      const taken = (await programLogs.urls(piece)).filter(isTaken);
      const urls = taken.filter((url) => client.whyNot(url) === undefined);
      return { urls, isElsewhere: urls.length < taken.length };
    },
  });
}

/** What a bucket shows to everybody. */
export interface PublicBucket {
  readonly publicUrl: string;
  /** It is the host of the bucket itself, which says whether there is one. */
  readonly isOwnHost: boolean;
  /** Stands in front of every object's name. */
  readonly prefix: string;
}

/**
 * Opens what a bucket shows to everybody, to be read (`publicurl=`, `public=yes`, spec/special-remotes.md section 5.5).
 *
 * @throws Error when its url cannot be used.
 */
export function openPublicBucket(
  { publicUrl, isOwnHost, prefix }: PublicBucket,
  { config, system }: Pick<HttpOptions, 'config' | 'system'>,
): HttpStore {
  const client = clientFor(config, system.clock);
  const base = publicUrl.replace(/\/+$/, '');
  const why = client.whyNot(base);
  if (why !== undefined) throw new Error(`its publicurl ${why}`);
  const urlsOf = (piece: Key): Promise<PieceUrls> => {
    const object = encodedName(encodeText(`${prefix}${serializeKey(piece)}`));
    return Promise.resolve({ urls: [`${base}/${object}`], isElsewhere: false });
  };
  return new HttpStore({
    client,
    base: baseAt(base, system.clock),
    isBaseKnown: isOwnHost,
    urlsOf,
  });
}

function baseAt(base: string, clock: Pick<Clock, 'uuid'>): HttpStoreParts['base'] {
  return { url: `${base}/`, unusedName: clock.uuid() };
}

/** As git-annex has it where nothing is set; of its schemes, ftp is not spoken here. */
const usualSchemes = 'http https';

function clientFor(config: RemoteSettings, clock: Pick<Clock, 'after'>): WebClient {
  const schemes = config.get('annex.security.allowed-url-schemes') ?? usualSchemes;
  return new WebClient({
    isAllowed: allowedAddresses(config.get('annex.security.allowed-ip-addresses') ?? ''),
    schemes: new Set(schemes.toLowerCase().split(/\s+/)),
    clock,
  });
}
