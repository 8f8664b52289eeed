import { Readable } from 'node:stream';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Content } from '../p2p/content.ts';

/** Where to write, and as whom. */
export interface StraightTo {
  readonly port: number;
  readonly id: string;
  readonly secret: string;
}

/**
 * Writes a content straight to an S3 server by AWS's client library as it is when nothing is said: parts of 5 MiB,
 * four at once. The object is removed afterwards.
 *
 * @returns seconds of the upload.
 */
export async function writeStraight(content: Content, to: StraightTo): Promise<number> {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${to.port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: to.id, secretAccessKey: to.secret },
  });
  const object = { Bucket: 'annex', Key: `straight-${content.sizeBytes}` };
  const start = performance.now();
  const body = Readable.from(content.pieces());
  await new Upload({ client, params: { ...object, Body: body } }).done();
  const seconds = (performance.now() - start) / 1000;
  await client.send(new DeleteObjectCommand(object));
  client.destroy();
  return seconds;
}
