import { encodeText } from '../../../units/index.ts';
import { encodedName } from '../http/web-answer.ts';
import type { S3Call } from './s3-call.ts';

/** Where an S3 remote is, and how it is spoken to. */
export interface S3Place {
  readonly origin: string;
  /** The host, with its port unless that is the usual one. */
  readonly host: string;
  readonly bucket: string;
  /** Whether the bucket is named in the path, and not in the host. */
  readonly isPathStyle: boolean;
  /** Stands in front of every object's name. */
  readonly prefix: string;
  readonly signature: 'v2' | 'v4';
  readonly region: string;
  /** What each object is given besides: its storage class, `x-amz-meta-` and the like. */
  readonly objectHeaders: Readonly<Record<string, string>>;
  /** Without credentials, objects are read from here. */
  readonly publicUrl: string | undefined;
}

/** What the settings of remote.log say; or the end of a sentence about the remote that says why it is not used. */
export type ReadS3Place =
  | { readonly kind: 'place'; readonly place: S3Place }
  | { readonly kind: 'problem'; readonly why: string };

const amazon = 's3.amazonaws.com';

/** Regions that git-annex has a short name for. */
const regions: ReadonlyMap<string, string> = new Map([
  ['US', 'us-east-1'],
  ['EU', 'eu-west-1'],
]);

/**
 * Reads the settings of a `type=S3` remote (spec/special-remotes.md sections 1.1 and 5).
 *
 * Amazon's own hosts are spoken to in version 4 of the signature, which they ask for; others as
 * `signature=` says, or in version 2, as git-annex does.
 */
export function readS3Place(values: ReadonlyMap<string, string>): ReadS3Place {
  const bucket = values.get('bucket') ?? '';
  const datacenter = values.get('datacenter') ?? 'US';
  const region = values.get('region') ?? regions.get(datacenter) ?? datacenter.toLowerCase();
  const given = values.get('host') ?? amazon;
  // Amazon's signatures are for a region, at a host of that region.
  const name = given === amazon && region !== 'us-east-1' ? `s3.${region}.amazonaws.com` : given;
  if (bucket === '') return problem('names no bucket');
  if (!/^[A-Za-z0-9.-]+$/.test(name)) return problem(`has host=${name}, which is no host`);
  if (!/^[A-Za-z0-9._-]+$/.test(bucket))
    return problem(`has bucket=${bucket}, which is no name of one`);
  const port = values.get('port');
  const protocol = values.get('protocol') ?? (port === '443' ? 'https' : 'http');
  if (protocol !== 'http' && protocol !== 'https') {
    return problem(`has protocol=${protocol}, which is neither http nor https`);
  }
  const usualPort = protocol === 'https' ? '443' : '80';
  // git-annex fills in port 80 where only the protocol was given.
  const isUsual =
    port === undefined || port === usualPort || (protocol === 'https' && port === '80');
  const signature = values.get('signature') ?? (isAmazon(name) ? 'v4' : 'v2');
  if (signature !== 'v2' && signature !== 'v4' && signature !== 'anonymous') {
    return problem(`has signature=${signature}, which is not known here`);
  }
  const isPathStyle = values.get('requeststyle') === 'path';
  const server = isPathStyle ? name : `${bucket}.${name}`;
  const host = isUsual ? server : `${server}:${port}`;
  return {
    kind: 'place',
    place: {
      origin: `${protocol}://${host}`,
      host,
      bucket,
      isPathStyle,
      prefix: values.get('fileprefix') ?? '',
      signature: signature === 'v4' ? 'v4' : 'v2',
      region,
      objectHeaders: objectHeaders(values),
      publicUrl: publicUrlOf(values, `${protocol}://${host}${isPathStyle ? `/${bucket}` : ''}`),
    },
  };
}

function problem(why: string): ReadS3Place {
  return { kind: 'problem', why };
}

function isAmazon(host: string): boolean {
  return host === amazon || host.endsWith('.amazonaws.com');
}

function objectHeaders(values: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {
    'x-amz-storage-class': values.get('storageclass') ?? 'STANDARD',
  };
  for (const [name, value] of values) {
    if (/^x-amz-(?:meta-|tagging$)/i.test(name)) headers[name.toLowerCase()] = value;
  }
  if (values.get('public') === 'yes') headers['x-amz-acl'] = 'public-read';
  return headers;
}

function publicUrlOf(values: ReadonlyMap<string, string>, usual: string): string | undefined {
  const given = values.get('publicurl');
  if (given === 'no') return undefined;
  return given ?? (values.get('public') === 'yes' ? usual : undefined);
}

/** What a request is about, besides where it goes. */
export interface CallOf {
  readonly method: S3Call['method'];
  /** The object, with the prefix; `undefined` for the bucket itself. */
  readonly object?: string;
  readonly query?: S3Call['query'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request to the server of a place. */
export function callTo(place: S3Place, call: CallOf): S3Call {
  const object = call.object === undefined ? '' : encodedName(encodeText(call.object));
  const bucketPath = `/${place.bucket}/${object}`;
  return {
    method: call.method,
    host: place.host,
    path: place.isPathStyle ? bucketPath : `/${object}`,
    bucketPath,
    query: call.query ?? [],
    headers: call.headers ?? {},
  };
}
