import { requests, verbs, type Verb } from '../requests.ts';

/** What an endpoint answers with when all is well. */
export interface MediaType {
  readonly type: string;
  /** The Accept header of the real client (spec/p2p-http.md section 6). */
  readonly accept: string;
}

/** Content type of every JSON reply, spelt as the reference server does. */
export const jsonContentType = 'application/json;charset=utf-8';

/** The media type of contents that are sent. */
export const contentType = 'application/octet-stream';

/** By what a request gives. */
export const mediaTypes: Readonly<Record<'json' | 'content', MediaType>> = {
  json: { type: 'application/json', accept: `${jsonContentType},application/json` },
  content: { type: contentType, accept: contentType },
};

/** GET and HEAD of a key's content: the segment before the key, and the verb. */
export const contentVerb = 'get';

const postVerbs: ReadonlyMap<string, Verb> = new Map(
  verbs.filter((verb) => verb !== contentVerb).map((verb) => [requests[verb].http.path, verb]),
);

/** The verb of a POST endpoint by the last segment of its path. */
export function verbAt(path: string): Verb | undefined {
  return postVerbs.get(path);
}
