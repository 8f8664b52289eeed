import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline as piped, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { PushAnswer } from '../../../protocol/index.ts';
import { bufferOf, GitChild } from '../../../repository/index.ts';
import { feedPush, hidingOwnRefs, writeTo, type Push } from '../../pushes/index.ts';
import { CgiHeadReader, type CgiHead } from './cgi-head.ts';
import { headerText } from '../header-text.ts';
import { BallastError } from '../../../units/index.ts';

/** A git repository as it is served over smart HTTP. */
export interface ServedGit {
  readonly gitDirectory: string;
  /** How long a connection may be silent in the middle of an exchange, milliseconds. */
  readonly idleMs: number;
  /** Makes ready for a push, which is then closed. */
  readonly push: () => Promise<Push>;
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
 * Answers a git request with `git http-backend`, streaming both ways. A push goes through what puts
 * its commands about git-annex in order; its answer ends only when that is merged and `pushed` has
 * settled, so that a client that saw its push succeed finds it taken up.
 * @throws GitError when git ended without an answer, and nothing is answered yet.
 */
export async function answerGit(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedGit,
  target: { readonly path: string; readonly query: string },
): Promise<void> {
  const exchange = { request, response, served, target };
  const isReceiving = request.method === 'POST' && target.path === '/git-receive-pack';
  if (!isReceiving) return await converse(exchange, undefined);
  const push = await served.push();
  try {
    await converse(exchange, push);
  } finally {
    await push.close();
  }
}

interface GitExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly served: ServedGit;
  readonly target: { readonly path: string; readonly query: string };
}

function isGone({ request, response }: GitExchange): boolean {
  return response.destroyed || request.errored !== null;
}

async function converse(exchange: GitExchange, push: Push | undefined): Promise<void> {
  const { request, response, served, target } = exchange;
  // Who left while we made ready is not told of again, and a git for him would wait for ever.
  if (isGone(exchange)) return;
  const child = new GitChild(gitArguments(push), {
    directory: served.gitDirectory,
    env: cgiEnvironment(exchange, push !== undefined),
    isGroup: true,
  });
  response.once('close', () => child.kill());
  response.setTimeout(served.idleMs, () => response.destroy());
  // A git that has answered without reading everything closes its input; that is no failure.
  const sent = send(request, child, push);
  sent.then(
    (refusal) => (refusal === undefined ? undefined : child.kill()),
    () => child.kill(),
  );

  const answer = push?.answer({ advertises: false });
  const isAnswered = await relay(child, response, answer);
  const failure = await child.ended();
  const refusal = await sent.catch(() => undefined);
  if (push !== undefined && answer !== undefined && (isAnswered || refusal !== undefined)) {
    await settle({ push, answer, response, refusal });
  }
  if (isPush(target.path, target.query)) await served.pushed();
  if (!response.headersSent) throw failure ?? new Error('git gave no answer');
  response.end();
}

/** Gives git the request's body; resolves with why it must not have it, if so. */
async function send(
  request: IncomingMessage,
  child: GitChild,
  push: Push | undefined,
): Promise<BallastError | undefined> {
  if (push === undefined) {
    await pipeline(request, child.stdin).catch(() => undefined);
    return undefined;
  }
  const body: Readable = isGzip(request)
    ? piped(request, createGunzip(), () => undefined)
    : request;
  try {
    return await feedPush(push, body.iterator({ destroyOnReturn: false }), child.stdin);
  } finally {
    // A client reads its answer only when it has sent everything, or the connection would be cut.
    body.resume();
  }
}

/** What git itself would inflate. */
function isGzip({ headers }: IncomingMessage): boolean {
  return /^(?:x-)?gzip$/.test(headers['content-encoding'] ?? '');
}

/** Passes on what git says; whether that was the answer to a push. */
async function relay(
  child: GitChild,
  response: ServerResponse,
  answer: PushAnswer | undefined,
): Promise<boolean> {
  const reader = new CgiHeadReader();
  let isResult = false;
  for await (const chunk of child.stdout) {
    let piece = bufferOf(chunk);
    if (!response.headersSent) {
      const begun = reader.take(piece);
      if (begun === undefined) continue;
      const { status, headers } = begun.head;
      isResult = answer !== undefined && isPushResult(begun.head);
      response.writeHead(
        status,
        headers.flatMap(([name, value]) => [name, value]),
      );
      piece = begun.body;
    }
    const pieces = isResult && answer !== undefined ? answer.take(piece) : [piece];
    for (const bytes of pieces) await writeTo(response, bytes);
  }
  return isResult;
}

const resultType = 'application/x-git-receive-pack-result';

function isPushResult({ status, headers }: CgiHead): boolean {
  return (
    status === 200 &&
    headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value === resultType)
  );
}

async function settle(parts: {
  readonly push: Push;
  readonly answer: PushAnswer;
  readonly response: ServerResponse;
  readonly refusal: BallastError | undefined;
}): Promise<void> {
  const { push, answer, response, refusal } = parts;
  if (!response.headersSent) {
    response.writeHead(200, { 'Content-Type': resultType, 'Cache-Control': 'no-cache' });
  }
  const last =
    refusal === undefined
      ? await push.settle(answer, (bytes) => void response.write(bytes))
      : answer.fatal(refusal.message);
  for (const bytes of last) await writeTo(response, bytes);
}

function gitArguments(push: Push | undefined): string[] {
  return ['-c', 'http.receivepack=true', ...(push?.settings ?? hidingOwnRefs), 'http-backend'];
}

/** @param isPut whether the body that git gets is not the one that came, in form and in length. */
function cgiEnvironment(
  { request, served, target }: GitExchange,
  isPut: boolean,
): Record<string, string> {
  const { headers } = request;
  const isInflated = isPut && isGzip(request);
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
    CONTENT_LENGTH: isPut ? undefined : headers['content-length'],
    HTTP_CONTENT_ENCODING: isInflated ? undefined : headers['content-encoding'],
    GIT_PROTOCOL: headerText(headers['git-protocol']),
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
