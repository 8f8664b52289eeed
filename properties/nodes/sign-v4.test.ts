/** Requests to S3 are signed as AWS's own library signs them. */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callTo, readS3Place } from '../../src/nodes/special/s3/s3-place.ts';
import { signV4 } from '../../src/nodes/special/s3/sign-v4.ts';
import { checkAsync } from '../settings.ts';

/** The hash that the library is to use, by Node. */
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

const emptySha256 = createHash('sha256').digest('hex');

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

test("a request has the signature that AWS's own library gives it", async () => {
  await checkAsync(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('GET' as const, 'PUT' as const, 'DELETE' as const),
        object: fc.option(text, { nil: undefined }),
        query: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z-]{1,8}$/), text), {
          selector: ([name]) => name,
          maxLength: 3,
        }),
        meta: fc.option(fc.stringMatching(/^[a-z0-9 ]{1,10}$/), { nil: undefined }),
        sessionToken: fc.option(fc.constant('token'), { nil: undefined }),
        port: fc.constantFrom('80', '9790'),
        bodySha256: fc.option(fc.constant(emptySha256), { nil: undefined }),
        atMs: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
      }),
      async ({ method, object, query, meta, sessionToken, bodySha256, port, atMs }) => {
        const read = readS3Place(
          new Map([
            ['bucket', 'bkt'],
            ['host', 'example.org'],
            ['port', port],
            ['requeststyle', 'path'],
            ['region', 'eu-west-1'],
          ]),
        );
        if (read.kind === 'problem') throw new Error(read.why);
        const headers = meta === undefined ? {} : { 'x-amz-meta-x': meta };
        const call = callTo(read.place, { method, query, headers, ...(object && { object }) });
        const credentials = { id: 'ID', secret: 'SECRET', sessionToken };
        const ours = signV4(call, {
          credentials,
          region: 'eu-west-1',
          atMs,
          ...(bodySha256 !== undefined && { bodySha256 }),
        });

        const signer = new SignatureV4({
          service: 's3',
          region: 'eu-west-1',
          credentials: {
            accessKeyId: 'ID',
            secretAccessKey: 'SECRET',
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
          sha256: Sha256,
          uriEscapePath: false,
        });
        const theirs = await signer.sign(
          {
            method,
            protocol: 'http:',
            hostname: 'example.org',
            path: call.path,
            query: Object.fromEntries(query),
            headers: {
              ...headers,
              host: call.host,
              'x-amz-content-sha256': bodySha256 ?? 'UNSIGNED-PAYLOAD',
            },
          },
          { signingDate: new Date(atMs) },
        );
        expect(ours['authorization']).toBe(theirs.headers['authorization']);
      },
    ),
  );
});
