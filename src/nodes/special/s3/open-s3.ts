import type { System } from '../../../repository/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import { openPublicBucket } from '../http/open-http.ts';
import type { ExportStore } from '../export/export-store.ts';
import type { SpecialTell } from '../node/special-node-parts.ts';
import type { PieceStore } from '../pieces/piece-store.ts';
import type { RemoteSettings } from '../settings/kinds.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { OpenUploads } from './open-uploads.ts';
import { S3Client } from './s3-client.ts';
import { findS3Credentials, type S3Credentials } from './s3-credentials.ts';
import { readS3Place, type S3Place } from './s3-place.ts';
import { S3Direct } from './s3-direct.ts';
import { S3Export } from './s3-export.ts';
import { S3Objects } from './s3-objects.ts';
import { S3Store } from './s3-store.ts';

/** What opening an S3 remote needs of a gateway. */
export interface S3Options {
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: System;
  /** The gateway's git config. */
  readonly config: RemoteSettings;
  readonly tell: Pick<SpecialTell, 'clockAhead'>;
}

/**
 * Opens a `type=S3` remote; without credentials one that is public, to be read.
 *
 * @throws Error when its settings or credentials cannot be used.
 */
export async function openS3(
  settings: SpecialSettings,
  { annexDirectory, system, config, tell }: S3Options,
  cipher: Cipher | undefined,
): Promise<PieceStore> {
  const { values } = settings;
  const read = readS3Place(values);
  if (read.kind === 'problem') throw new Error(`it ${read.why}`);
  const disk = system.disks.at(annexDirectory);
  const isAnonymous = values.get('signature') === 'anonymous';
  const credentials = isAnonymous
    ? undefined
    : await findS3Credentials(settings, { annexDirectory, disk, cipher });
  const { publicUrl, prefix } = read.place;
  if (credentials === undefined && !isAnonymous && publicUrl !== undefined) {
    const isOwnHost = !values.has('publicurl');
    return openPublicBucket({ publicUrl, isOwnHost, prefix }, { config, system });
  }
  if (credentials === undefined && !isAnonymous) throw withoutCredentials();
  const client = clientOf(read.place, credentials, { system, tell });
  const objects = objectsOf(settings, { annexDirectory, system }, client);
  return new S3Store(objects, new S3Direct(client, objects, system.clock));
}

/**
 * Opens a `type=S3` remote that trees are exported to.
 *
 * @throws Error when its settings or credentials cannot be used.
 */
export async function openS3Export(
  settings: SpecialSettings,
  { annexDirectory, system, tell }: S3Options,
): Promise<ExportStore> {
  const read = readS3Place(settings.values);
  if (read.kind === 'problem') throw new Error(`it ${read.why}`);
  const disk = system.disks.at(annexDirectory);
  const from = { annexDirectory, disk, cipher: undefined };
  const credentials = await findS3Credentials(settings, from);
  if (credentials === undefined) throw withoutCredentials();
  const client = clientOf(read.place, credentials, { system, tell });
  return new S3Export(objectsOf(settings, { annexDirectory, system }, client));
}

function objectsOf(
  { uuid }: SpecialSettings,
  { annexDirectory, system }: Pick<S3Options, 'annexDirectory' | 'system'>,
  client: S3Client,
): S3Objects {
  const disk = system.disks.at(annexDirectory);
  const uploads = new OpenUploads({ annexDirectory, disk, system, remote: uuid });
  return new S3Objects(client, uploads, uuid);
}

function clientOf(
  place: S3Place,
  credentials: S3Credentials | undefined,
  { system, tell }: Pick<S3Options, 'system' | 'tell'>,
): S3Client {
  const onSkew = (aheadSeconds: number): void => tell.clockAhead(aheadSeconds);
  return new S3Client(place, credentials, system.clock, onSkew);
}

function withoutCredentials(): Error {
  return new Error(
    'it has no credentials: give them to the server as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ' +
      'run "git annex enableremote" for it in the gateway with them',
  );
}
