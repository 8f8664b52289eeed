import { createHmac } from 'node:crypto';
import type { S3Call } from './s3-call.ts';
import type { SignedFor } from './sign-v4.ts';

/** Parts of a query that say what a request is about. */
const subresources: ReadonlySet<string> = new Set([
  'acl',
  'delete',
  'location',
  'partNumber',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
]);

/**
 * The headers with which a request is signed by AWS Signature Version 2 ("Signing and authenticating REST
 * requests" of the Amazon S3 guide), which git-annex speaks with any host but Amazon's unless it is told
 * otherwise.
 */
export function signV2(
  call: S3Call,
  { credentials, atMs }: Omit<SignedFor, 'region'>,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...call.headers,
    host: call.host,
    date: new Date(atMs).toUTCString(),
  };
  if (credentials.sessionToken !== undefined) {
    headers['x-amz-security-token'] = credentials.sessionToken;
  }
  const ofAmazon = Object.keys(headers)
    .filter((name) => name.startsWith('x-amz-'))
    .sort()
    .map((name) => `${name}:${headers[name] ?? ''}\n`);
  const about = [...call.query].filter(([name]) => subresources.has(name)).sort(byName);
  const toSign = [
    call.method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers['date'] ?? '',
    `${ofAmazon.join('')}${call.bucketPath}${about.length === 0 ? '' : `?${plainQuery(about)}`}`,
  ].join('\n');
  const signature = createHmac('sha1', credentials.secret).update(toSign).digest('base64');
  return { ...headers, authorization: `AWS ${credentials.id}:${signature}` };
}

/** As it is signed: names without a value stand alone, and nothing is encoded. */
function plainQuery(query: readonly (readonly [string, string])[]): string {
  return query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}
