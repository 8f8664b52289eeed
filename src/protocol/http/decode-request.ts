import { parseKey, type Key } from '../../key/index.ts';
import { parseUuid, type Uuid } from '../../units/index.ts';
import { requestFields } from '../fields.ts';
import { finish, isOffered, requests, type Draft, type Request, type Verb } from '../requests.ts';
import { Unreadable } from '../unreadable.ts';
import { newestVersion, protocolVersions, type ProtocolVersion } from '../version.ts';
import { accepts } from './accept.ts';
import { contentVerb, mediaTypes, verbAt } from './endpoints.ts';
import {
  badVersion,
  methodNotAllowed,
  notAcceptable,
  notFound,
  type HttpProblem,
} from './problem.ts';
import { firstValue, readBypass, readField, readInto, type FieldSource } from './read-fields.ts';
import type { Target } from './target.ts';
import { undecodable, unwrapText } from './wrapped-text.ts';

/** A request as it came over HTTP, decoded. */
export interface HttpRequest {
  readonly kind: 'request';
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
  if (uuid === undefined) return bad(undecodable);
  if (uuid === '') return bad('empty UUID');
  const server = parseUuid(uuid);
  if (server === undefined) return notFound;

  const version = route.version === undefined ? newestVersion : parseVersion(route.version);
  if (typeof version !== 'number') return version;
  if (!isOffered(route.verb, version)) return badVersion;

  const key = route.key === undefined ? undefined : keyInPath(route.key);
  if (key instanceof Unreadable) return bad(key.why);

  const isUnversioned = route.version === undefined;
  const refusal = refuseMethodOrType(head, route.verb, isUnversioned);
  if (refusal !== undefined) return refusal;

  const { dataLength } = head;
  const source = { query: target.query, dataLength, version, isUnversioned };
  const draft: Draft = key === undefined ? { verb: route.verb } : { verb: route.verb, key };
  for (const name of requests[route.verb].fields) {
    const why = name in draft ? undefined : readInto(draft, name, source);
    if (why !== undefined) return bad(why);
  }
  const client = readClient(route.verb, source);
  if (client instanceof Unreadable) return bad(client.why);
  const bypass = readBypass(target.query);
  if (bypass instanceof Unreadable) return bad(bypass.why);
  return {
    kind: 'request',
    request: finish(draft),
    version,
    server,
    client,
    bypass,
    isHead: head.method === 'HEAD',
  };
}

function bad(text: string): HttpProblem {
  return { kind: 'problem', status: 400, text };
}

interface Route {
  readonly uuid: string;
  /** `undefined` for the unversioned content route. */
  readonly version: string | undefined;
  readonly key: string | undefined;
  readonly verb: Verb;
}

const contentPath = requests[contentVerb].http.path;

function findRoute(segments: readonly string[]): Route | undefined {
  const [root, uuid, third, fourth, fifth] = segments;
  if (root !== 'git-annex' || uuid === undefined || third === undefined) return undefined;
  if (segments.length === 4 && third === contentPath && fourth !== undefined) {
    return { uuid, version: undefined, key: fourth, verb: contentVerb };
  }
  if (segments.length === 5 && fourth === contentPath && fifth !== undefined) {
    return { uuid, version: third, key: fifth, verb: contentVerb };
  }
  if (segments.length !== 4 || fourth === undefined) return undefined;
  const verb = verbAt(fourth);
  return verb === undefined ? undefined : { uuid, version: third, key: undefined, verb };
}

const versionsByName: ReadonlyMap<string, ProtocolVersion> = new Map(
  protocolVersions.map((version) => [`v${version}`, version]),
);

/**
 * A version newer than ours is not found, so that the client steps down (decision 2 in
 * docs/decisions.md: the published protocol over the reference server, which says 400); anything
 * else is no version.
 */
function parseVersion(text: string): ProtocolVersion | HttpProblem {
  return versionsByName.get(text) ?? (/^v[1-9][0-9]*$/.test(text) ? notFound : badVersion);
}

/** The key of a path, or what is wrong with it. */
function keyInPath(text: string): Key | Unreadable {
  const unwrapped = unwrapText(text);
  if (unwrapped === undefined) return new Unreadable(undecodable);
  return parseKey(unwrapped) ?? new Unreadable('key parse error');
}

function refuseMethodOrType(
  head: HttpHead,
  verb: Verb,
  isUnversioned: boolean,
): HttpProblem | undefined {
  const { method } = head;
  const isRight = verb === contentVerb ? method === 'GET' || method === 'HEAD' : method === 'POST';
  if (!isRight) return isUnversioned ? methodNotAllowed : badVersion;
  const { type, accept } = mediaTypes[requests[verb].http.gives];
  if (head.accept === accept || accepts(head.accept, type)) return undefined;
  return isUnversioned ? notAcceptable : badVersion;
}

/** The client names itself everywhere but where the protocol leaves it open. */
function readClient(verb: Verb, source: FieldSource): string | undefined | Unreadable {
  const isOptional = source.isUnversioned || verb === 'keepLocked';
  if (isOptional && firstValue(source.query, requestFields.clientUuid.http.name) === undefined)
    return undefined;
  return readField('clientUuid', source);
}
