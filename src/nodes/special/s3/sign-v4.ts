import { createHash, createHmac } from 'node:crypto';
import type { S3Credentials } from './s3-credentials.ts';
import { encodedQuery, type S3Call } from './s3-call.ts';

/** When and for where a signature holds. */
export interface SignedFor {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** The moment, milliseconds since the epoch, by the server's clock. */
  readonly atMs: number;
  /** The SHA-256 of the body, in hexadecimal, by which the server judges what came. Absent: of no body. */
  readonly bodySha256?: string;
}

/** What is signed where nothing goes along that could be damaged. */
const unsigned = 'UNSIGNED-PAYLOAD';

/**
 * The headers with which a request is signed by AWS Signature Version 4 (the "Signature Version 4 signing process" of
 * the Amazon S3 API reference): for the host that it is sent to, its port included.
 */
export function signV4(
  call: S3Call,
  { credentials, region, atMs, bodySha256 = unsigned }: SignedFor,
): Record<string, string> {
  const time = timeOf(atMs);
  const headers: Record<string, string> = {
    ...call.headers,
    host: call.host,
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': time,
  };
  if (credentials.sessionToken !== undefined) {
    headers['x-amz-security-token'] = credentials.sessionToken;
  }
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => isSigned(name))
    .sort();
  const scope = scopeOf(time, region);
  const canonical = canonicalRequest(call, encodedQuery(call.query), names, headers);
  const signature = signatureOf(canonical, { time, scope, region, secret: credentials.secret });
  const credential = `${credentials.id}/${scope}`;
  return {
    ...headers,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, ` +
      `Signature=${signature}`,
  };
}

/**
 * The query with which whoever has it may send a request for a time, as "Authenticating Requests: Using Query Parameters"
 * of the Amazon S3 API reference has it. All headers of the call are signed, and have to be sent as they are.
 *
 * @param by.lifeSeconds for how long from `atMs` on: servers take at most a week.
 */
export function presignV4(
  call: S3Call,
  { credentials, region, atMs, lifeSeconds }: SignedFor & { readonly lifeSeconds: number },
): string {
  const time = timeOf(atMs);
  const scope = scopeOf(time, region);
  const headers: Record<string, string> = { ...call.headers, host: call.host };
  const names = Object.keys(headers).sort();
  const { id, secret, sessionToken } = credentials;
  const query = encodedQuery([
    ...call.query,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${id}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', `${lifeSeconds}`],
    ['X-Amz-SignedHeaders', names.join(';')],
    ...(sessionToken === undefined ? [] : ([['X-Amz-Security-Token', sessionToken]] as const)),
  ]);
  const canonical = canonicalRequest(call, query, names, headers);
  return `${query}&X-Amz-Signature=${signatureOf(canonical, { time, scope, region, secret })}`;
}

function isSigned(name: string): boolean {
  return (
    name === 'host' ||
    name === 'content-type' ||
    name === 'content-md5' ||
    name.startsWith('x-amz-')
  );
}

function canonicalRequest(
  { method, path }: S3Call,
  query: string,
  names: readonly string[],
  headers: Readonly<Record<string, string>>,
): string {
  const lines = names.map(
    (name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  return [
    method,
    path,
    query,
    lines.join(''),
    names.join(';'),
    headers['x-amz-content-sha256'] ?? unsigned,
  ].join('\n');
}

function signatureOf(
  canonical: string,
  by: {
    readonly time: string;
    readonly scope: string;
    readonly region: string;
    readonly secret: string;
  },
): string {
  const toSign = [
    'AWS4-HMAC-SHA256',
    by.time,
    by.scope,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const dateKey = hmac(`AWS4${by.secret}`, by.time.slice(0, 8));
  const key = hmac(hmac(hmac(dateKey, by.region), 's3'), 'aws4_request');
  return hmac(key, toSign).toString('hex');
}

/** `20261130T041900Z`. */
function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

function scopeOf(time: string, region: string): string {
  return `${time.slice(0, 8)}/${region}/s3/aws4_request`;
}
