/** One request to an S3 server, before it is signed. */
export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** As the request names it, with its port unless that is the usual one. */
  readonly host: string;
  /** As it is sent, encoded. */
  readonly path: string;
  /** The path with the bucket in front, however the bucket is named in the request. */
  readonly bucketPath: string;
  /** Names and values, none of them encoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A text in a path or query: all but unreserved characters of RFC 3986 are encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query as it is sent and signed: sorted, each name with a value. */
export function encodedQuery(query: S3Call['query']): string {
  return query
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
