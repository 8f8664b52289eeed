import { join } from 'node:path';
import { OpenUploads } from '../../src/nodes/special/s3/open-uploads.ts';
import { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { readS3Place } from '../../src/nodes/special/s3/s3-place.ts';
import { S3Objects } from '../../src/nodes/special/s3/s3-objects.ts';
import { S3Store } from '../../src/nodes/special/s3/s3-store.ts';
import type { Clock } from '../../src/clock/index.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/objects.ts';
import { imaginaryUuid } from '../support/presence.ts';
import type { S3Server } from './s3-server.ts';

/** Where a store speaks to its server, itself or by way of another port. */
export type S3Door = Pick<S3Server, 'host' | 'port' | 'environment'>;

/** What is not as usual. */
export interface S3Unusual {
  readonly settings?: Readonly<Record<string, string>>;
  readonly secret?: string | undefined;
  readonly clock?: Clock;
}

/** A store of its own in a bucket that all share. */
export interface S3StoreAt {
  readonly store: S3Store;
  readonly objects: S3Objects;
  readonly client: S3Client;
  /** Where its uploads are noted. */
  readonly uploads: string;
}

let prefixes = 0;

/** A store whose objects no other one has. */
export function s3StoreAt(door: S3Door, unusual: S3Unusual = {}): S3StoreAt {
  prefixes += 1;
  const settings = { fileprefix: `${prefixes} ü/`, ...unusual.settings };
  const client = s3ClientAt(door, { ...unusual, settings });
  const remote = imaginaryUuid(1);
  const annexDirectory = temporaryDirectory();
  const disk = thisMachine.disks.at(annexDirectory);
  const uploads = new OpenUploads({ annexDirectory, disk, system: thisMachine, remote });
  const objects = new S3Objects(client, uploads, remote);
  return {
    store: new S3Store(objects),
    objects,
    client,
    uploads: join(annexDirectory, 'ballast', `uploads-${remote}`),
  };
}

/** What speaks to the bucket that all share. */
export function s3ClientAt(door: S3Door, unusual: S3Unusual = {}): S3Client {
  const place = { host: door.host, port: `${door.port}`, protocol: 'http', requeststyle: 'path' };
  const read = readS3Place(
    new Map(Object.entries({ bucket: 'bkt', ...place, ...unusual.settings })),
  );
  if (read.kind === 'problem') throw new Error(read.why);
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = door.environment;
  const credentials = { id, secret: unusual.secret ?? secret, sessionToken: undefined };
  return new S3Client(read.place, credentials, unusual.clock ?? thisMachine.clock);
}

/** How many uploads of several parts are under way below the prefix of a store. */
export async function openUploadsOf(client: S3Client): Promise<number> {
  const query = [
    ['uploads', ''],
    ['prefix', client.place.prefix],
  ] as const;
  return (await client.ask({ method: 'GET', query })).all('Upload').length;
}
