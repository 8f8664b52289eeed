import { protocolVersions, type ProtocolVersion } from '../version.ts';
import type { Verb } from '../request.ts';

/** One row of the protocol's surface over HTTP (spec/p2p-http.md section 1). */
export interface Endpoint {
  readonly verb: Verb;
  readonly versions: readonly ProtocolVersion[];
  /** What it answers with when all is well. */
  readonly produces: 'application/json' | 'application/octet-stream';
}

const since = (first: ProtocolVersion): readonly ProtocolVersion[] =>
  protocolVersions.filter((version) => version >= first);

const json = 'application/json';

/** POST endpoints by the last segment of their path. Content itself is under `key/KEY`. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  checkpresent: { verb: 'checkPresent', versions: protocolVersions, produces: json },
  gettimestamp: { verb: 'getTimestamp', versions: since(3), produces: json },
  put: { verb: 'put', versions: protocolVersions, produces: json },
  putoffset: { verb: 'putOffset', versions: since(1), produces: json },
  remove: { verb: 'remove', versions: protocolVersions, produces: json },
  'remove-before': { verb: 'removeBefore', versions: since(3), produces: json },
  lockcontent: { verb: 'lockContent', versions: protocolVersions, produces: json },
  keeplocked: { verb: 'keepLocked', versions: protocolVersions, produces: json },
};

/** GET and HEAD of a key's content. */
export const contentEndpoint: Endpoint = {
  verb: 'get',
  versions: protocolVersions,
  produces: 'application/octet-stream',
};
