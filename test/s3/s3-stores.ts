import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anyText, objectOf, readJson, tableOf, type Shape } from '../../src/shapes/index.ts';
import { OpenUploads } from '../../src/nodes/special/s3/open-uploads.ts';
import { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { S3Direct } from '../../src/nodes/special/s3/s3-direct.ts';
import { readS3Place } from '../../src/nodes/special/s3/s3-place.ts';
import { S3Objects } from '../../src/nodes/special/s3/s3-objects.ts';
import { S3Store } from '../../src/nodes/special/s3/s3-store.ts';
import type { Clock } from '../../src/clock/index.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/objects.ts';
import { imaginaryUuid } from '../support/presence.ts';
import type { S3Server } from './s3-server.ts';

const run = promisify(execFile);

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
  const clock = unusual.clock ?? thisMachine.clock;
  return {
    store: new S3Store(objects, new S3Direct(client, objects, clock)),
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

/** Puts an object where a store has it, whatever the store thinks of it. */
export async function putObject(client: S3Client, name: string, body: Buffer): Promise<void> {
  const object = `${client.place.prefix}${name}`;
  await (await client.send({ method: 'PUT', object, body }, [200])).body.dump();
}

/** The names of all objects below the prefix of a store. */
export async function objectNames(client: S3Client): Promise<readonly string[]> {
  const { prefix } = client.place;
  const answer = await client.ask({ method: 'GET', query: [['prefix', prefix]] });
  return answer.all('Contents').map((one) => one.text('Key').slice(prefix.length));
}

const offered: Shape<{ readonly url: string; readonly headers: ReadonlyMap<string, string> }> =
  objectOf({ url: anyText, headers: tableOf(anyText, anyText) });

/** Sends a file with curl as a request says that was offered for it, as JSON; the status. */
export async function putWith(offer: string, path: string): Promise<number> {
  const read = readJson(offer, offered);
  if (read.kind !== 'value') throw new Error(`no request: ${offer}`);
  const { url, headers } = read.value;
  const given = [...headers].flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', '-T', path, ...given, url]);
  return Number(stdout.slice(-3));
}
