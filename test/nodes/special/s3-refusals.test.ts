import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { problemOf } from '../../../src/gateway/problems.ts';
import { OpenUploads } from '../../../src/nodes/special/s3/open-uploads.ts';
import { S3Client } from '../../../src/nodes/special/s3/s3-client.ts';
import { S3Direct } from '../../../src/nodes/special/s3/s3-direct.ts';
import { S3Objects } from '../../../src/nodes/special/s3/s3-objects.ts';
import { S3Store } from '../../../src/nodes/special/s3/s3-store.ts';
import { ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { keyOf } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const piece = keyOf('X-s5--piece');
const owner = imaginaryUuid(1);
const ofRemote = `uploads-${owner}`;

/** What the server answers about the piece, one request after the other; the last one for ever. */
let answers: readonly Answer[];
/** Those requests, by method and query. */
let asked: string[];

interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: Server;
let client: S3Client;
let uploads: OpenUploads;
let annexDirectory: string;
/** What was told of the server's clock, seconds. */
let skews: number[];
let store: S3Store;
let clock: SimulatedClock;

beforeEach(async () => {
  asked = [];
  skews = [];
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { pathname, search } = new URL(request.url ?? '', 'http://s3');
      let answer: Answer = { status: 200 };
      if (pathname.endsWith('/annex-uuid')) answer = { status: 200, text: owner };
      else if (pathname.includes('piece') || search.includes('uploads=')) {
        answer = answers[Math.min(asked.length, answers.length - 1)] ?? answer;
        asked.push(`${request.method} ${search}`);
      }
      response.writeHead(answer.status, answer.headers).end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
  const place = {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    bucket: 'bucket',
    isPathStyle: true,
    prefix: '',
    signature: 'v4',
    region: 'us-east-1',
    objectHeaders: {},
    publicUrl: undefined,
  } as const;
  clock = new SimulatedClock();
  annexDirectory = temporaryDirectory();
  uploads = new OpenUploads({
    annexDirectory,
    disk: ownDisk,
    system: thisMachine,
    remote: owner,
  });
  client = new S3Client(place, undefined, clock, (seconds) => skews.push(seconds));
  const objects = new S3Objects(client, uploads, owner);
  store = new S3Store(objects, new S3Direct(client, objects, clock));
});

afterEach(async () => {
  await store.close();
  server.close();
});

const whole = { status: 200, text: 'piece', headers: { 'content-length': '5' } };

function refusal(reason: string): string {
  return `<Error><Code>${reason}</Code><Message>as it says</Message></Error>`;
}

it.each([429, 500, 503])('a %i is waited for, three times', async (status) => {
  answers = [{ status, text: refusal('SlowDown') }, whole];
  expect(await clock.ended(store.get(piece, 0))).toMatchObject({ sizeBytes: 5 });

  answers = [{ status, text: refusal('SlowDown') }];
  asked = [];
  await expect(clock.ended(store.get(piece, 0))).rejects.toMatchObject({ isRetryable: true });
  expect(asked).toHaveLength(4);
});

it('a refusal is told once, with the reason of the server, and its reason is no code of ours', async () => {
  answers = [{ status: 403, text: refusal('UNWANTED') }];

  const error = await clock.ended(store.get(piece, 0).catch((reason: unknown) => reason));

  expect(error).toMatchObject({
    code: 'BUCKET_REFUSED',
    isRetryable: false,
    data: { status: 403, reason: 'UNWANTED' },
    message: 'GET X-s5--piece: the server answers 403 (UNWANTED: as it says)',
  });
  expect(asked).toHaveLength(1);
  // A bucket that names another trouble of the table would else choose what a client is told.
  expect(problemOf(error)).toMatchObject({ status: 500, text: expect.stringContaining('its log') });
});

it('a piece that is not there is no trouble, but a bucket that is not there is', async () => {
  answers = [{ status: 404, text: refusal('NoSuchKey') }];
  expect(await clock.ended(store.get(piece, 0))).toBeUndefined();

  answers = [{ status: 404, text: refusal('NoSuchBucket') }];
  await expect(clock.ended(store.get(piece, 0))).rejects.toThrow('NoSuchBucket');
});

it('a piece that has nothing from a byte on is empty from there', async () => {
  answers = [{ status: 416, text: refusal('InvalidRange') }, whole];
  expect(await clock.ended(store.get(piece, 5))).toMatchObject({ sizeBytes: 5 });
});

it('an upload that is not known any more has come when its object is there', async () => {
  const begun = { status: 200, text: '<Begun><UploadId>1</UploadId></Begun>' };
  const part = { status: 200, headers: { etag: 'e' } };
  const lateRefusal = { status: 200, text: refusal('NoSuchUpload') };
  const upload = async (last: readonly Answer[]): Promise<void> => {
    answers = [begun, part, part, ...last];
    asked = [];
    const deposit = await store.put(piece, { sizeBytes: undefined });
    await deposit.write(Buffer.alloc(8 * 1024 * 1024 + 1));
    await deposit.commit();
  };

  const sent = { 'content-length': `${8 * 1024 * 1024 + 1}` };
  await clock.ended(upload([lateRefusal, { status: 200, headers: sent }]));
  expect(asked.at(-1)).toBe('HEAD ');
  const other = { status: 200, headers: { 'content-length': '5' } };
  await expect(clock.ended(upload([lateRefusal, other]))).rejects.toThrow('NoSuchUpload');
  await expect(clock.ended(upload([lateRefusal, { status: 404 }]))).rejects.toThrow('NoSuchUpload');
  const invalid = { status: 200, text: refusal('InvalidPart') };
  await expect(clock.ended(upload([invalid, { status: 200, headers: sent }]))).rejects.toThrow(
    'InvalidPart',
  );
});

it('an upload is noted until it is known that the server has begun no other one', async () => {
  const begun = { status: 200, text: '<Begun><UploadId>1</UploadId></Begun>' };
  const part = { status: 200, headers: { etag: 'e' } };
  const tired = { status: 503, text: refusal('SlowDown') };
  const notes = (): readonly string[] => readdirSync(join(annexDirectory, 'ballast', ofRemote));
  const upload = async (first: readonly Answer[]): Promise<void> => {
    answers = [...first, part, part, { status: 200, text: '<Done/>' }];
    asked = [];
    const deposit = await store.put(piece, { sizeBytes: undefined });
    await deposit.write(Buffer.alloc(8 * 1024 * 1024 + 1));
    await deposit.commit();
  };

  await clock.ended(upload([begun]));
  expect(notes()).toEqual([]);
  await expect(clock.ended(upload([{ status: 403, text: refusal('No') }]))).rejects.toThrow('403');
  expect(notes()).toEqual([]);
  await clock.ended(upload([tired, begun]));
  expect(notes()).toHaveLength(1);
  await expect(clock.ended(upload([tired, tired, tired, tired]))).rejects.toThrow('503');
  expect(notes()).toHaveLength(2);
});

it('a server whose clock is wrong is told of with the seconds, once for each change and when it is right again', async () => {
  const at = (seconds: number): Readonly<Record<string, string>> => ({
    date: new Date(clock.wallMs() + seconds * 1000).toUTCString(),
  });
  const skewed = (seconds: number): readonly Answer[] => [
    { status: 403, text: refusal('RequestTimeTooSkewed'), headers: at(seconds) },
    { ...whole, headers: { ...whole.headers, ...at(seconds) } },
  ];
  const reads = async (seconds: number): Promise<void> => {
    answers = skewed(seconds);
    asked = [];
    expect(await clock.ended(store.get(piece, 0))).toMatchObject({ sizeBytes: 5 });
    expect(asked).toHaveLength(2);
  };

  await reads(1200);
  await reads(1203);
  expect(skews).toEqual([expect.closeTo(1200, 0)]);
  await reads(-3600);
  expect(skews).toEqual([expect.closeTo(1200, 0), expect.closeTo(-3600, 0)]);
  await reads(0);
  expect(skews.slice(2)).toEqual([0]);
});

it('old uploads are given up however many lists they come in, and a list that leads nowhere is the last', async () => {
  const list = (name: string, next: string): Answer => ({
    status: 200,
    text:
      `<ListMultipartUploadsResult>${next}<Upload><Key>${name}</Key>` +
      `<UploadId>${name}-id</UploadId><Initiated>2001-01-01T00:00:00.000Z</Initiated></Upload>` +
      '</ListMultipartUploadsResult>',
  });
  const more = (name: string): string =>
    `<KeyMarker>at</KeyMarker><IsTruncated>true</IsTruncated><NextKeyMarker>${name}</NextKeyMarker>` +
    '<NextUploadIdMarker>a&amp;b</NextUploadIdMarker>';
  const gone = { status: 204 };
  answers = [
    list('X-s1--piece1', more('X-s1--piece1')),
    gone,
    list('X-s1--piece2', more('X-s1--piece2').replace('true', 'false')),
    gone,
  ];

  await clock.ended(uploads.clear(client));

  expect(asked).toEqual([
    'GET ?max-uploads=1000&prefix=&uploads=',
    'DELETE ?uploadId=X-s1--piece1-id',
    'GET ?key-marker=X-s1--piece1&max-uploads=1000&prefix=&upload-id-marker=a%26b&uploads=',
    'DELETE ?uploadId=X-s1--piece2-id',
  ]);

  answers = [list('X-s1--piece1', '<IsTruncated>true</IsTruncated>'), gone];
  asked = [];
  await clock.ended(uploads.clear(client));
  expect(asked).toHaveLength(2);
});

it('a server whose lists never end is not asked for ever', async () => {
  answers = [
    {
      status: 200,
      text: '<R><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker></R>',
    },
  ];

  await clock.ended(uploads.clear(client));

  expect(asked).toHaveLength(100);
});
