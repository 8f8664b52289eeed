import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Content } from '../p2p/content.ts';

/** As the upload of AWS's client library for JavaScript has it where nothing is said: bytes of a part, parts at once. */
const partBytes = 5 * 1024 * 1024;
const partsAtOnce = 4;

/** Where to write, and as whom. */
export interface StraightTo {
  readonly port: number;
  readonly id: string;
  readonly secret: string;
}

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Writes a content straight to an S3 server as AWS's client library would, signed by its signer: what nothing in
 * between could be faster than. The object is removed afterwards.
 *
 * @returns seconds of the upload.
 */
export async function writeStraight(content: Content, to: StraightTo): Promise<number> {
  const path = `/annex/straight-${content.sizeBytes}`;
  const ask = asker(to, path);
  const start = performance.now();
  const begun = await (await ask('POST', { uploads: '' })).text();
  const uploadId = /<UploadId>([^<]+)/.exec(begun)?.[1] ?? '';
  const tags: string[] = [];
  const parts = partsOf(content);
  const lanes = Array.from({ length: partsAtOnce }, async () => {
    for (const { number, bytes } of parts) {
      const answer = await ask('PUT', { partNumber: `${number}`, uploadId }, bytes);
      tags[number - 1] = answer.headers.get('etag') ?? '';
    }
  });
  await Promise.all(lanes);
  const rows = tags.map(
    (tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  );
  const end = `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`;
  await (await ask('POST', { uploadId }, Buffer.from(end))).text();
  const seconds = (performance.now() - start) / 1000;
  await ask('DELETE', {});
  return seconds;
}

/** Each part once, whoever asks for the next. */
function* partsOf(content: Content): Generator<{ number: number; bytes: Buffer<ArrayBuffer> }> {
  let number = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  for (const piece of content.pieces()) {
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes < partBytes) continue;
    yield { number: (number += 1), bytes: Buffer.concat(waiting) };
    waiting = [];
    waitingBytes = 0;
  }
  if (waitingBytes > 0) yield { number: number + 1, bytes: Buffer.concat(waiting) };
}

function asker({ port, id, secret }: StraightTo, path: string) {
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  return async (
    method: string,
    query: Record<string, string>,
    body?: Buffer<ArrayBuffer>,
  ): Promise<Response> => {
    const host = `127.0.0.1:${port}`;
    const signed = await signer.sign({
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      port,
      path,
      query,
      headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    const url = `http://${host}${path}?${new URLSearchParams(query).toString()}`;
    const answer = await fetch(url, { method, headers: signed.headers, body: body ?? null });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
}
