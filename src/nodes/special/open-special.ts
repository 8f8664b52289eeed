import { resolve } from 'node:path';
import type { System } from '../../repository/index.ts';
import type { Turns } from '../../waiting/index.ts';
import type { Cipher } from './cipher/cipher.ts';
import { Gpg } from './cipher/gpg.ts';
import { openCipher } from './cipher/open-cipher.ts';
import { DirectoryStore, type DirectoryPlace } from './directory/directory-store.ts';
import { DirectoryExport } from './directory/directory-export.ts';
import type { ExportPlaces, ExportStore } from './export/export-store.ts';
import { ExportedPieces } from './export/exported-pieces.ts';
import { openExternal, openExternalExport } from './external/open-external.ts';
import type { ProgramLogs } from './external/program-logs.ts';
import type { PassingSpace } from './files/passing-space.ts';
import { openHttpAlso, openWebRemote } from './http/open-http.ts';
import type { ChunkLog } from './node/chunk-log.ts';
import type { Equivalents } from './node/content-reader.ts';
import { SealedPieces } from './node/sealed-pieces.ts';
import { SpecialNode } from './node/special-node.ts';
import type { SpecialTell } from './node/special-node-parts.ts';
import { openRsync, openRsyncExport } from './rsync/open-rsync.ts';
import { openS3, openS3Export } from './s3/open-s3.ts';
import type { PieceStore } from './pieces/piece-store.ts';
import { openWebdav, openWebdavExport } from './webdav/open-webdav.ts';
import type { ExportType, RemoteSettings, ServedType } from './settings/kinds.ts';
import type { SpecialSettings } from './settings/special-settings.ts';

/** What a node on a special remote is opened with. */
export interface OpenSpecialOptions {
  readonly cost: number;
  /** The gateway's git config. */
  readonly config: RemoteSettings;
  /** What relative paths start from. */
  readonly directory: string;
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: System;
  readonly chunkLog: ChunkLog;
  /** The keys that the git-annex branch has as equivalent to one. */
  readonly equivalents: Equivalents;
  /** What programs of remotes keep in the git-annex branch. */
  readonly programLogs: ProgramLogs;
  /** Where trees that were exported to the remote have contents. */
  readonly exportPlaces: ExportPlaces;
  /** Turns of uploads to the remote, whatever its settings were. */
  readonly turns: Turns;
  /** Bytes of a disk that stay free: `annex.diskreserve`. */
  readonly reserveBytes: number;
  /** Where contents pass through files, for all remotes of a gateway. */
  readonly passing: PassingSpace;
  /** Told of what is there and is no content of its key. */
  readonly tell: SpecialTell;
}

/**
 * Opens a special remote as a node.
 *
 * @throws Error when it cannot be used as it is set up, as without the key of an encrypted one.
 */
export async function openSpecial(
  settings: SpecialSettings,
  options: OpenSpecialOptions,
): Promise<SpecialNode> {
  const { config, system, cost, chunkLog, equivalents, turns, tell } = options;
  const { remote, uuid, chunkBytes, readOnly } = settings;
  const words = (name: string): readonly string[] =>
    (config.get(`remote.${remote}.${name}`) ?? '').split(/\s+/).filter(Boolean);
  const cipher = await openCipher(settings.encryption, new Gpg(config.get('gpg.program')), {
    options: words('annex-gnupg-options'),
    decryptOptions: words('annex-gnupg-decrypt-options'),
  });
  const exported = settings.exportType && (await exports[settings.exportType](settings, options));
  const store: PieceStore =
    exported === undefined
      ? await stores[settings.type](settings, options, cipher)
      : new ExportedPieces(exported, options.exportPlaces);
  const pieces = new SealedPieces(store, cipher);
  const as = { uuid, name: remote, cost, readOnly: readOnly ?? store.readOnly };
  const logs = { chunkLog, equivalents };
  const parts = { ...as, ...logs, store, pieces, exported, chunkBytes, turns, system, tell };
  return new SpecialNode(parts);
}

/** What keeps the files of each type that trees are exported to. */
const exports: Readonly<
  Record<
    ExportType,
    (settings: SpecialSettings, options: OpenSpecialOptions) => ExportStore | Promise<ExportStore>
  >
> = {
  directory: (settings, options) => new DirectoryExport(directoryPlace(settings, options)),
  S3: openS3Export,
  rsync: openRsyncExport,
  external: openExternalExport,
  webdav: openWebdavExport,
};

function directoryPlace(
  { remote }: SpecialSettings,
  { config, directory, system, reserveBytes }: OpenSpecialOptions,
): DirectoryPlace {
  const path = resolve(directory, config.get(`remote.${remote}.annex-directory`) ?? '');
  return { directory: path, disk: system.disks.at(path), system, reserveBytes };
}

/** What keeps the pieces of each type of special remote. */
const stores: Readonly<
  Record<
    ServedType,
    (
      settings: SpecialSettings,
      options: OpenSpecialOptions,
      cipher: Cipher | undefined,
    ) => PieceStore | Promise<PieceStore>
  >
> = {
  directory: (settings, options) => new DirectoryStore(directoryPlace(settings, options)),
  S3: openS3,
  external: openExternal,
  rsync: openRsync,
  httpalso: openHttpAlso,
  web: openWebRemote,
  webdav: openWebdav,
};
