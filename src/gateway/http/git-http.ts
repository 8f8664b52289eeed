import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { bufferOf, GitChild } from '../../repository/index.ts';
import { CgiHeadReader } from './cgi-head.ts';
import { headerText } from './header-text.ts';

/** A git repository as it is served over smart HTTP. */
export interface ServedGit {
  readonly gitDirectory: string;
  /** Refuses deletions and rewinds, for peers that may only add. */
  readonly isAppendOnly: boolean;
  /** How long a connection may be silent in the middle of an exchange, milliseconds. */
  readonly idleMs: number;
  /** Called when a push has ended, before its answer does. Must not reject. */
  readonly pushed: () => Promise<void>;
}

/** Paths below the repository that git's own program answers; everything else is not found. */
const gitPath =
  /^\/(?:HEAD|info\/refs|git-upload-pack|git-receive-pack|objects\/(?:info\/[\w-]+|[0-9a-f]{2}\/[0-9a-f]{38,62}|pack\/pack-[0-9a-f]{40,64}\.(?:pack|idx)))$/;

/** Whether a path below the repository belongs to git's own protocol. */
export function isGitPath(path: string): boolean {
  return gitPath.test(path);
}

/**
 * Whether a request would change the repository, or asks how to. Any service but fetching counts,
 * in whatever way it is written.
 */
export function isPush(path: string, query: string): boolean {
  if (path === '/git-receive-pack') return true;
  const services = new URLSearchParams(query).getAll('service');
  return services.some((service) => service !== 'git-upload-pack');
}

/**
 * Answers a git request with `git http-backend`, streaming both ways. The answer to a push ends
 * only when `pushed` has settled, so that a client that saw its push succeed finds it taken up.
 */
export async function answerGit(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedGit,
  target: { readonly path: string; readonly query: string },
): Promise<void> {
  const child = new GitChild(gitArguments(served), {
    directory: served.gitDirectory,
    env: cgiEnvironment(request, served, target),
    isGroup: true,
  });
  response.once('close', () => child.kill());
  response.setTimeout(served.idleMs, () => response.destroy());
  // A git that has answered without reading everything closes its input; that is no failure.
  const sent = pipeline(request, child.stdin).catch(() => undefined);

  const reader = new CgiHeadReader();
  for await (const chunk of child.stdout) {
    const piece = bufferOf(chunk);
    if (response.headersSent) {
      await writeAll(response, piece);
      continue;
    }
    const answer = reader.take(piece);
    if (answer === undefined) continue;
    response.writeHead(
      answer.head.status,
      answer.head.headers.flatMap(([name, value]) => [name, value]),
    );
    await writeAll(response, answer.body);
  }
  await sent;
  const failure = await child.ended();
  if (isPush(target.path, target.query)) await served.pushed();
  if (!response.headersSent) {
    response.writeHead(500, { 'Content-Type': 'text/plain' });
    response.end(failure?.message ?? 'git gave no answer');
    return;
  }
  response.end();
}

function gitArguments(served: ServedGit): string[] {
  const settings = ['-c', 'http.receivepack=true'];
  if (served.isAppendOnly) {
    settings.push('-c', 'receive.denyDeletes=true', '-c', 'receive.denyNonFastForwards=true');
  }
  return [...settings, 'http-backend'];
}

function cgiEnvironment(
  request: IncomingMessage,
  served: ServedGit,
  target: { readonly path: string; readonly query: string },
): Record<string, string> {
  const { headers } = request;
  const environment: Record<string, string | undefined> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROJECT_ROOT: served.gitDirectory,
    PATH_INFO: target.path,
    QUERY_STRING: target.query,
    REQUEST_METHOD: request.method ?? 'GET',
    SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
    REMOTE_ADDR: request.socket.remoteAddress,
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    GIT_PROTOCOL: headerText(headers['git-protocol']),
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

async function writeAll(response: ServerResponse, piece: Buffer): Promise<void> {
  if (response.destroyed || response.write(piece)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
