import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as HttpOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { notFound, openApi, splitTarget } from '../../protocol/index.ts';
import type { AccessOptions } from '../access/access.ts';
import type { Accounts } from '../access/accounts.ts';
import type { Gateway } from '../gateway.ts';
import { problemOf } from '../problems.ts';
import type { ServedRepositories } from '../repositories/served-repositories.ts';
import { Admission } from './admission.ts';
import { answerAnnex } from './annex-api.ts';
import { answerJson, answerProblem } from './answer.ts';
import { connectionOptions, limitConnections } from './connections.ts';
import { answerDirect } from './direct/direct-api.ts';
import { directPaths } from './direct/direct-description.ts';
import { answerGit, isGitPath, isPush } from './git/git-http.ts';
import type { Observation } from './web/observation.ts';
import { inTurn, type Listener } from './pipeline.ts';
import { answerPlainHttp } from './plain-on-tls.ts';
import { hostOf, schemeOf, servedConfig } from './git/served-config.ts';
import { WebEndpoints, type WebOptions } from './web/web-endpoints.ts';
import { isErrorCode } from '../../units/index.ts';

/** Who may do what over HTTP, and how it is served. */
export interface ServerOptions extends WebOptions {
  readonly access: AccessOptions;
  /** Default: there are none. */
  readonly accounts?: Accounts | undefined;
  /** Serves over TLS with these. */
  readonly tls?: TlsFiles | undefined;
}

/** What TLS needs, in PEM. */
export interface TlsFiles {
  /** The server's certificate, followed by those that vouch for it. */
  readonly cert: string;
  readonly key: string;
}

/** A server of Node, with TLS or without. */
export type HttpServer = Server | TlsServer;

/** How long a TLS handshake may take, milliseconds. */
const handshakeMs = 30_000;

/** What answers requests. */
interface Faces {
  readonly repositories: ServedRepositories;
  readonly admission: Admission;
  readonly web: WebEndpoints;
  readonly isRedirecting: boolean;
}

/** The gateway's HTTP server, not yet listening: the annex API and git on one port. */
export function makeServer(repositories: ServedRepositories, options: ServerOptions): HttpServer {
  return serverOf(facesOf(repositories, options), options);
}

/** Several servers that are one, for as many places to listen. */
export function makeServers(
  repositories: ServedRepositories,
  options: ServerOptions,
  count: number,
): HttpServer[] {
  const faces = facesOf(repositories, options);
  return Array.from({ length: count }, () => serverOf(faces, options));
}

function facesOf(repositories: ServedRepositories, options: ServerOptions): Faces {
  const admission = new Admission(options.access, repositories.clock, options.accounts);
  const web = new WebEndpoints(repositories, admission, options);
  return { repositories, admission, web, isRedirecting: options.redirectDownloads ?? false };
}

function serverOf(faces: Faces, { tls }: ServerOptions): HttpServer {
  const { limits } = faces.repositories;
  const answer = inTurn((request, response) => {
    void answerSafely(request, response, faces);
  }, limits.pipelinedMax);
  const settings = connectionOptions(limits);
  const server =
    tls === undefined ? createServer(settings, answer) : tlsServerOf(tls, settings, answer);
  faces.web.watch(server);
  limitConnections(server, limits);
  return server;
}

function tlsServerOf(tls: TlsFiles, settings: HttpOptions, answer: Listener): TlsServer {
  const server = createTlsServer({ ...settings, ...tls, handshakeTimeout: handshakeMs }, answer);
  answerPlainHttp(server);
  return server;
}

async function answerSafely(
  request: IncomingMessage,
  response: ServerResponse,
  faces: Faces,
): Promise<void> {
  try {
    const seen = faces.web.begun(request, response);
    const answered = faces.web.answer(request, response, seen);
    await (answered ?? route(request, response, faces, seen));
  } catch (error) {
    // A request is destroyed, too, once its body has been read. A write that fails tells of it before
    // the response knows.
    const isCut = request.destroyed && !request.complete;
    const isClientGone = response.destroyed || isCut || request.socket.destroyed;
    // What lasts is told once, and not for each request.
    const isTold = isClientGone || isErrorCode(error, 'NODE_SUSPECTED');
    if (!isTold) faces.repositories.warn(`${request.method} ${request.url} failed`, error);
    if (response.headersSent) response.destroy();
    else answerProblem(response, problemOf(error));
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { repositories, admission, isRedirecting }: Faces,
  seen: Observation | undefined,
): Promise<void> {
  const target = splitTarget(request.url ?? '/');
  if (target.segments[0] === 'git-annex') {
    const exchange = { request, response, target, seen };
    return await answerAnnex(exchange, { repositories, admission, isRedirecting });
  }
  if (target.segments[0] === 'ballast') {
    return await answerDirect({ request, response, target, seen }, repositories, admission);
  }
  const [path, query] = splitOnce(request.url ?? '/', '?');
  if (path === '/openapi.json') return answerJson(response, JSON.stringify(openApi(directPaths)));
  const lease = endsLikeGit.test(path) ? await repositories.atPath(path) : undefined;
  if (lease === undefined) return answerProblem(response, notFound);
  try {
    const { gateway, below } = lease;
    seen?.about(below === '/config' ? 'config' : 'git');
    await answerBelow(request, response, { gateway, admission, path: below, query, seen });
  } finally {
    lease.release();
  }
}

/** Nothing else is asked of a repository, so nothing else is worth a search for one. */
const endsLikeGit = /\/(?:config|HEAD|info\/refs|git-[a-z]+-pack|objects\/[^?]+)$/;

/** Answers about one repository what git asks, and the config that tells where its annex is. */
async function answerBelow(
  request: IncomingMessage,
  response: ServerResponse,
  asked: {
    readonly gateway: Gateway;
    readonly admission: Admission;
    readonly path: string;
    readonly query: string;
    readonly seen: Observation | undefined;
  },
): Promise<void> {
  const { gateway, admission, path, query, seen } = asked;
  if (path !== '/config' && !isGitPath(path)) return answerProblem(response, notFound);
  const peer = await admission.peer(request, seen);
  if (peer.kind === 'problem') return answerProblem(response, peer);
  const refusal = admission.refusal(isPush(path, query) ? 'write' : 'read', peer);
  if (refusal !== undefined) return answerProblem(response, refusal);
  if (path === '/config') return await answerConfig(request, response, gateway);
  const isAppendOnly = admission.refusal('remove', peer) !== undefined;
  const name = peer.kind === 'account' ? peer.account.user : 'anonymous';
  const served = {
    gitDirectory: gateway.gitDirectory,
    push: () => gateway.push({ name, mayOverrule: !isAppendOnly }),
    idleMs: gateway.limits.idleBodyMs,
    pushed: () => gateway.pushed(),
  };
  await answerGit(request, response, served, { path, query });
}

async function answerConfig(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
): Promise<void> {
  const scheme = schemeOf(request);
  const host = hostOf(request.headers.host, scheme);
  if (host === undefined) return answerProblem(response, notFound);
  const annexUrl = (await gateway.annexUrl()) ?? `annex+${scheme}://${host}/git-annex/`;
  const text = servedConfig({ uuid: gateway.uuid, annexUrl });
  response.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
