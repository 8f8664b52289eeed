import { parseKey, type Key } from '../../key/index.ts';
import { parseUuid, type Uuid } from '../../units/index.ts';
import type { Request, Verb } from '../request.ts';
import { protocolVersions, type ProtocolVersion } from '../version.ts';
import { accepts } from './accept.ts';
import { contentEndpoint, endpoints, type Endpoint } from './endpoints.ts';
import { BadParameterError, dataLength, Parameters } from './parameters.ts';
import {
  badVersion,
  methodNotAllowed,
  notAcceptable,
  notFound,
  type HttpProblem,
} from './problem.ts';
import type { Target } from './target.ts';
import { undecodable, unwrapText } from './wrapped-text.ts';

/** A request as it came over HTTP, decoded. */
export interface HttpRequest {
  readonly request: Request;
  readonly version: ProtocolVersion;
  /** The repository, proxied node or cluster that is asked. */
  readonly server: Uuid;
  /** The client's own name for itself, unverified; `undefined` where the protocol has none. */
  readonly client: string | undefined;
  /** Gateways not to be connected to, since the request comes through them. */
  readonly bypass: readonly string[];
  /** Whether the peer asked by HEAD and so wants no body. */
  readonly isHead: boolean;
}

/** What the decoder looks at, apart from the target. */
export interface HttpHead {
  readonly method: string;
  readonly accept: string | undefined;
  /** The value of `X-git-annex-data-length`. */
  readonly dataLength: string | undefined;
}

/**
 * Decodes a request whose path begins with `/git-annex/`, checking in the reference server's order:
 * route, UUID, version, key in the path, method, Accept, parameters (spec/p2p-http.md section 2).
 * Whether the repository is known and the peer allowed comes after.
 */
export function decodeRequest(head: HttpHead, target: Target): HttpRequest | HttpProblem {
  const route = findRoute(target.segments);
  if (route === undefined) return notFound;

  const uuid = unwrapText(route.uuid);
  if (uuid === undefined) return { status: 400, text: undecodable };
  if (uuid === '') return { status: 400, text: 'empty UUID' };
  const server = parseUuid(uuid);
  if (server === undefined) return notFound;

  const version = route.version === undefined ? 4 : parseVersion(route.version);
  if (typeof version !== 'number') return version;
  if (!route.endpoint.versions.includes(version)) return badVersion;

  const key = route.key === undefined ? undefined : keyInPath(route.key);
  if (key !== undefined && 'status' in key) return key;

  const isUnversioned = route.version === undefined;
  const refusal = refuseMethodOrType(head, route.endpoint, isUnversioned);
  if (refusal !== undefined) return refusal;

  try {
    const parameters = new Parameters(target.query);
    return {
      request: readRequest(
        { verb: route.endpoint.verb, version, key, isUnversioned },
        head,
        parameters,
      ),
      version,
      server,
      client:
        isUnversioned || route.endpoint.verb === 'keepLocked'
          ? parameters.optionalClientUuid()
          : parameters.clientUuid(),
      bypass: parameters.bypass(),
      isHead: head.method === 'HEAD',
    };
  } catch (error) {
    if (error instanceof BadParameterError) return { status: 400, text: error.message };
    throw error;
  }
}

interface Route {
  readonly uuid: string;
  /** `undefined` for the unversioned content route. */
  readonly version: string | undefined;
  readonly key: string | undefined;
  readonly endpoint: Endpoint;
}

function findRoute(segments: readonly string[]): Route | undefined {
  const [root, uuid, third, fourth, fifth] = segments;
  if (root !== 'git-annex' || uuid === undefined || third === undefined) return undefined;
  if (segments.length === 4 && third === 'key' && fourth !== undefined) {
    return { uuid, version: undefined, key: fourth, endpoint: contentEndpoint };
  }
  if (segments.length === 5 && fourth === 'key' && fifth !== undefined) {
    return { uuid, version: third, key: fifth, endpoint: contentEndpoint };
  }
  if (segments.length !== 4 || fourth === undefined || !Object.hasOwn(endpoints, fourth)) {
    return undefined;
  }
  const endpoint = endpoints[fourth];
  return endpoint === undefined ? undefined : { uuid, version: third, key: undefined, endpoint };
}

/**
 * A version newer than ours is not found, so that the client steps down (design decision 2: the
 * published protocol over the reference server, which says 400); anything else is no version.
 */
function parseVersion(text: string): ProtocolVersion | HttpProblem {
  const version = protocolVersions.find((candidate) => text === `v${candidate}`);
  return version ?? (/^v[1-9][0-9]*$/.test(text) ? notFound : badVersion);
}

function keyInPath(text: string): Key | HttpProblem {
  const unwrapped = unwrapText(text);
  if (unwrapped === undefined) return { status: 400, text: undecodable };
  return parseKey(unwrapped) ?? { status: 400, text: 'key parse error' };
}

function refuseMethodOrType(
  head: HttpHead,
  endpoint: Endpoint,
  isUnversioned: boolean,
): HttpProblem | undefined {
  const methods = endpoint.verb === 'get' ? ['GET', 'HEAD'] : ['POST'];
  if (!methods.includes(head.method)) return isUnversioned ? methodNotAllowed : badVersion;
  if (!accepts(head.accept, endpoint.produces)) return isUnversioned ? notAcceptable : badVersion;
  return undefined;
}

interface Asked {
  readonly verb: Verb;
  readonly version: ProtocolVersion;
  readonly key: Key | undefined;
  readonly isUnversioned: boolean;
}

function readRequest(asked: Asked, head: HttpHead, parameters: Parameters): Request {
  const { verb, version } = asked;
  switch (verb) {
    case 'checkPresent':
    case 'putOffset':
    case 'remove':
    case 'lockContent':
      return { verb, key: parameters.key() };
    case 'get':
      return {
        verb,
        key: asked.key ?? parameters.key(),
        offsetBytes: asked.isUnversioned ? 0 : parameters.offsetBytes(),
        associatedFile: parameters.associatedFile(),
      };
    case 'put':
      return {
        verb,
        key: parameters.key(),
        offsetBytes: parameters.offsetBytes(),
        lengthBytes: dataLength(head.dataLength),
        associatedFile: parameters.associatedFile(),
        isDataPresent: version >= 4 && parameters.isDataPresent(),
      };
    case 'removeBefore':
      return { verb, key: parameters.key(), timestampSeconds: parameters.timestampSeconds() };
    case 'getTimestamp':
      return { verb };
    case 'keepLocked':
      return { verb, lockId: parameters.lockId() };
  }
}
