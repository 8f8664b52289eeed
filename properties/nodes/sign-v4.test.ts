/** Requests to S3 are signed as AWS's own library signs them. */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callTo, readS3Place } from '../../src/nodes/special/s3/s3-place.ts';
import { presignV4, signV4 } from '../../src/nodes/special/s3/sign-v4.ts';
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

/** The one that stands in "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference. */
test('a url has the signature that the reference of Amazon S3 gives it', () => {
  const credentials = {
    id: 'AKIAIOSFODNN7EXAMPLE',
    secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: undefined,
  };
  const read = readS3Place(new Map([['bucket', 'examplebucket']]));
  if (read.kind === 'problem') throw new Error(read.why);
  const call = callTo(read.place, { method: 'GET', object: 'test.txt' });
  const atMs = Date.UTC(2013, 4, 24);
  expect(call.host).toBe('examplebucket.s3.amazonaws.com');
  expect(presignV4(call, { credentials, region: 'us-east-1', atMs, lifeSeconds: 86_400 })).toBe(
    'X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test("a url has the signature that AWS's own library gives it", async () => {
  await checkAsync(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('GET' as const, 'PUT' as const, 'HEAD' as const),
        object: text,
        disposition: fc.option(text, { nil: undefined }),
        lengthBytes: fc.option(fc.nat(), { nil: undefined }),
        checksum: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
        sessionToken: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
        lifeSeconds: fc.integer({ min: 1, max: 604_800 }),
        atMs: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
      }),
      async ({ method, object, disposition, lengthBytes, checksum, ...by }) => {
        const { sessionToken, lifeSeconds, atMs } = by;
        const read = readS3Place(
          new Map([
            ['bucket', 'bkt'],
            ['host', 'example.org'],
            ['port', '9790'],
            ['requeststyle', 'path'],
          ]),
        );
        if (read.kind === 'problem') throw new Error(read.why);
        const headers = {
          ...(lengthBytes === undefined ? {} : { 'content-length': `${lengthBytes}` }),
          ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': checksum }),
        };
        const shown =
          disposition === undefined ? {} : { 'response-content-disposition': disposition };
        // The library says in the query what it does not hash; ours is silent of that, as the reference is.
        const unhashed = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
        const query = Object.entries({ ...shown, ...unhashed });
        const call = callTo(read.place, { method, object, query, headers });
        const credentials = { id: 'ID', secret: 'SECRET', sessionToken };
        const ours = presignV4(call, { credentials, region: 'us-east-1', atMs, lifeSeconds });

        const signer = new SignatureV4({
          service: 's3',
          region: 'us-east-1',
          credentials: {
            accessKeyId: 'ID',
            secretAccessKey: 'SECRET',
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
          sha256: Sha256,
          uriEscapePath: false,
        });
        const theirs = await signer.presign(
          {
            method,
            protocol: 'http:',
            hostname: 'example.org',
            path: call.path,
            query: shown,
            headers: { ...headers, ...unhashed, host: call.host },
          },
          {
            expiresIn: lifeSeconds,
            signingDate: new Date(atMs),
            unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
          },
        );
        expect(Object.fromEntries(new URLSearchParams(ours))).toEqual(theirs.query);
      },
    ),
  );
});
