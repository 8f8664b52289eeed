import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { notFound, openApi, splitTarget } from '../../protocol/index.ts';
import { accessFor, type AccessOptions } from '../access.ts';
import type { Gateway } from '../gateway.ts';
import { accessProblem, answerAnnex } from './annex-api.ts';
import { answerJson, answerProblem } from './answer.ts';
import { answerGit, isGitPath, isPush } from './git-http.ts';
import { problemOf } from './problems.ts';
import { hostOf, servedConfig } from './served-config.ts';

export interface ServerOptions {
  readonly access: AccessOptions;
  /** The first part of the path under which git finds the repository: `demo`. */
  readonly repositoryName: string;
}

/** How long a request's head may take to arrive, milliseconds; bodies have a limit of their own. */
const headersMs = 60_000;

/** When the system begins to probe a silent connection, milliseconds. */
const probeMs = 60_000;

/** The gateway's HTTP server, not yet listening: the annex API and git on one port. */
export function makeServer(gateway: Gateway, options: ServerOptions): Server {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void answerSafely(request, response, gateway, options);
  };
  const server = createServer(
    {
      requestTimeout: 0,
      headersTimeout: headersMs,
      keepAliveTimeout: gateway.limits.idleConnectionMs,
      // Finds out that a peer is gone which keeps a lock and has nothing to say.
      keepAlive: true,
      keepAliveInitialDelay: probeMs,
    },
    answer,
  );
  server.maxConnections = gateway.limits.connectionsMax;
  return server;
}

async function answerSafely(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
  options: ServerOptions,
): Promise<void> {
  try {
    await route(request, response, gateway, options);
  } catch (error) {
    const isClientGone = response.destroyed || request.destroyed;
    if (!isClientGone) gateway.warn(`${request.method} ${request.url} failed`, error);
    if (response.headersSent) response.destroy();
    else answerProblem(response, problemOf(error));
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
  options: ServerOptions,
): Promise<void> {
  const target = splitTarget(request.url ?? '/');
  if (target.segments[0] === 'git-annex') {
    return await answerAnnex({ request, response, target }, gateway, options.access);
  }
  const [path, query] = splitOnce(request.url ?? '/', '?');
  if (path === '/openapi.json') return answerJson(response, JSON.stringify(openApi()));
  const below = pathBelow(path, options.repositoryName);
  if (below === undefined) return answerProblem(response, notFound);
  if (below === '/config') return await answerConfig(request, response, gateway, options);
  if (!isGitPath(below)) return answerProblem(response, notFound);

  const permission = isPush(below, query) ? 'write' : 'read';
  const refusal = accessProblem(accessFor(permission, options.access));
  if (refusal !== undefined) return answerProblem(response, refusal);
  const served = {
    gitDirectory: gateway.gitDirectory,
    isAppendOnly: accessFor('remove', options.access) !== 'granted',
    idleMs: gateway.limits.idleBodyMs,
    pushed: () => gateway.pushed(),
  };
  await answerGit(request, response, served, { path: below, query });
}

async function answerConfig(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
  options: ServerOptions,
): Promise<void> {
  const refusal = accessProblem(accessFor('read', options.access));
  if (refusal !== undefined) return answerProblem(response, refusal);
  const host = hostOf(request.headers.host);
  if (host === undefined) return answerProblem(response, notFound);
  const annexUrl = await gateway.annexUrl();
  const text = servedConfig({ uuid: gateway.uuid, host, annexUrl });
  response.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The part of a path below `/NAME` or `/NAME.git`; `undefined` elsewhere. */
function pathBelow(path: string, name: string): string | undefined {
  const root = [`/${encodeURIComponent(name)}`, `/${encodeURIComponent(name)}.git`].find((prefix) =>
    path.startsWith(`${prefix}/`),
  );
  return root === undefined ? undefined : path.slice(root.length);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
