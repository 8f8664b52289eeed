import { readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OpenUploads } from '../../../../src/nodes/special/s3/open-uploads.ts';
import { S3Client } from '../../../../src/nodes/special/s3/s3-client.ts';
import { S3Direct } from '../../../../src/nodes/special/s3/s3-direct.ts';
import { S3Objects } from '../../../../src/nodes/special/s3/s3-objects.ts';
import { S3Store } from '../../../../src/nodes/special/s3/s3-store.ts';
import { ownDisk, thisMachine } from '../../../../src/repository/index.ts';
import { keyOf } from '../../../support/objects.ts';
import { imaginaryUuid } from '../../../support/presence.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { portOf } from '../../peer/servers.ts';

const piece = keyOf('X-s5--piece');
const owner = imaginaryUuid(1);

/** A remote at a server that answers as it is told; without one of its own, it says whose the bucket is. */
async function remote(
  answer: RequestListener,
  whose: RequestListener = (_, response) => void response.end(owner),
): Promise<{ readonly store: S3Store; readonly notes: () => readonly string[] }> {
  const server = createServer((request, response) => {
    const isWhose = request.url?.includes('/annex-uuid') === true;
    request.resume().on('end', () => {
      (isWhose ? whose : answer)(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${portOf(server.address())}`;
  const place = {
    origin: `http://${host}`,
    host,
    bucket: 'bucket',
    isPathStyle: true,
    prefix: '',
    signature: 'v4',
    region: 'us-east-1',
    objectHeaders: {},
    publicUrl: undefined,
  } as const;
  const credentials = { id: 'id', secret: 'secret', sessionToken: undefined };
  const annexDirectory = temporaryDirectory();
  const at = { annexDirectory, disk: ownDisk, system: thisMachine, remote: owner };
  const client = new S3Client(place, credentials, thisMachine.clock);
  const objects = new S3Objects(client, new OpenUploads(at), owner);
  const store = new S3Store(objects, new S3Direct(client, objects, thisMachine.clock));
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const notes = (): readonly string[] =>
    readdirSync(join(annexDirectory, 'ballast', `uploads-${owner}`));
  return { store, notes };
}

it('a server that never ends saying whose the bucket is, is not listened to for ever', async () => {
  const { store } = await remote(
    (_, response) => void response.end(),
    (_, response) => {
      const say = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'a')));
      };
      response.on('drain', say);
      say();
    },
  );

  await expect(store.look(piece)).rejects.toThrow('far too much');
});

it('a part that begins elsewhere than was asked for is not taken for it', async () => {
  const { store } = await remote((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-1/5' }).end('pi');
  });

  await expect(store.get(piece, 3)).rejects.toThrow('another part');
});

it('a list of what was sent that never ends is given up', async () => {
  let lists = 0;
  const { store } = await remote((_, response) => {
    lists += 1;
    response.end('<R><NextContinuationToken>again</NextContinuationToken></R>');
  });

  await store.direct.clear();

  expect(lists).toBe(100);
});

it('an upload that is given up while the server begins it is given up there, too', async () => {
  const asked: string[] = [];
  let begin: (() => void) | undefined;
  const { store, notes } = await remote(({ method, url = '' }, response) => {
    asked.push(`${method} ${new URL(url, 'http://s3').search}`);
    if (method !== 'POST') return void response.writeHead(204).end();
    begin = () => response.end('<Begun><UploadId>1</UploadId></Begun>');
  });
  const deposit = await store.put(piece, { sizeBytes: undefined });
  const written = deposit.write(Buffer.alloc(8 * 1024 * 1024 + 1)).catch((error: unknown) => error);
  await expect.poll(() => begin).toBeDefined();

  await deposit.abandon();
  begin?.();

  expect(await written).toMatchObject({ message: 'the upload was given up' });
  expect(asked).toEqual(['POST ?uploads=', 'DELETE ?uploadId=1']);
  expect(notes()).toEqual([]);
});

it('a bucket that was not there and comes to be that of another remote is found out', async () => {
  const { store } = await remote(
    (_, response) => void response.end('piece'),
    (_, response) => {
      if (whose === undefined) response.writeHead(404).end(noBucket);
      else response.end(whose);
    },
  );
  let whose: string | undefined;
  const noBucket = '<Error><Code>NoSuchBucket</Code></Error>';

  await store.get(piece, 0);
  whose = imaginaryUuid(2);

  await expect(store.get(piece, 0)).rejects.toThrow('another remote');
});

it('a refusal that is told at length is told in short', async () => {
  const { store } = await remote((_, response) => {
    const text = `<Error><Code>No</Code><Message>${'because '.repeat(10_000)}</Message></Error>`;
    response.writeHead(400).end(text);
  });

  const error = await store.get(piece, 0).catch((reason: unknown) => reason);

  expect(String(error).length).toBeLessThan(1000);
});
