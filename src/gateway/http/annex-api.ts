import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StoredContent } from '../../nodes/index.ts';
import { bufferOf } from '../../repository/index.ts';
import {
  decodeRequest,
  encodeReply,
  notFound,
  permissionFor,
  type HttpProblem,
  type HttpRequest,
  type Reply,
  type Target,
} from '../../protocol/index.ts';
import { answerRequest, type Answerable, type Asker } from '../answer-request.ts';
import { accessFor, isBasicAuthorization, type AccessOptions } from '../access.ts';
import type { Gateway } from '../gateway.ts';
import type { ServedStore } from '../served-store.ts';
import { answerJson, answerProblem } from './answer.ts';
import { keepLocked } from './keep-locked.ts';

/** One exchange over HTTP. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
}

/** Answers a request of the P2P protocol (paths that begin with `/git-annex/`). */
export async function answerAnnex(
  exchange: Exchange,
  gateway: Gateway,
  access: AccessOptions,
): Promise<void> {
  const { request, response, target } = exchange;
  const asked = decodeRequest(
    {
      method: request.method ?? '',
      accept: request.headers.accept,
      dataLength: headerText(request.headers['x-git-annex-data-length']),
    },
    target,
  );
  if ('status' in asked) return answerProblem(response, asked);
  const refusal = await refuse(asked, request, gateway, access);
  if (refusal !== undefined) return answerProblem(response, refusal);

  const store = await gateway.store(asked.server);
  if (store === undefined) return answerProblem(response, notFound);
  if (asked.request.verb === 'get') {
    const { key, offsetBytes } = asked.request;
    const content = await store.get(key, offsetBytes);
    const { idleBodyMs } = gateway.limits;
    return await answerContent(response, content, {
      offsetBytes,
      isHead: asked.isHead,
      idleBodyMs,
    });
  }
  if (asked.request.verb === 'keepLocked') {
    await keepLocked(request, asked.request.lockId, gateway.locks);
    return answerJson(response, encodeReply({ kind: 'notLocked' }, asked.version));
  }
  const hasBody = asked.request.verb === 'put' && !asked.request.isDataPresent;
  const reply = hasBody
    ? await answerUpload(asked.request, store, gateway, exchange)
    : await answerRequest(asked.request, store, gateway.locks, askerOf(exchange));
  answerJson(response, encodeReply(reply, asked.version));
}

/** In the reference server's order: the header's form, whether the repository is known, access. */
async function refuse(
  asked: HttpRequest,
  request: IncomingMessage,
  gateway: Gateway,
  access: AccessOptions,
): Promise<HttpProblem | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined && !isBasicAuthorization(authorization)) {
    const text = 'Error parsing header Authorization failed: invalid basic auth header';
    return { status: 400, text };
  }
  if (!(await gateway.serves(asked.server))) return notFound;
  return accessProblem(accessFor(permissionFor[asked.request.verb], access));
}

/** The status that says what access says. */
export function accessProblem(access: ReturnType<typeof accessFor>): HttpProblem | undefined {
  if (access === 'granted') return undefined;
  return { status: access === 'unauthorized' ? 401 : 403, text: '' };
}

/** The client closed its connection in the middle of an exchange. */
class ClientGoneError extends Error {
  constructor() {
    super('the client is gone');
  }
}

/** Aborted when the client is gone before it has its answer. */
function goneSignal({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new ClientGoneError());
  });
  return gone.signal;
}

/** Answers a request whose body is the content that it brings. */
async function answerUpload(
  asked: Answerable,
  store: ServedStore,
  gateway: Gateway,
  exchange: Exchange,
): Promise<Reply> {
  const { request } = exchange;
  request.setTimeout(gateway.limits.idleBodyMs, () => request.destroy());
  try {
    return await answerRequest(asked, store, gateway.locks, askerOf(exchange));
  } finally {
    // What a refused upload still sends is read and forgotten, since the client reads no answer
    // before it has sent everything.
    request.resume();
  }
}

function askerOf(exchange: Exchange): Asker {
  return { body: bodyOf(exchange.request), signal: () => goneSignal(exchange) };
}

/** The pieces of a body. Stopping early leaves the connection open, for the answer. */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of request.iterator({ destroyOnReturn: false })) yield bufferOf(piece);
}

/**
 * Sends a content. An absent key is not found: a success without bytes would make a client accept an
 * empty file for a key without a size (design decision 2).
 */
async function answerContent(
  response: ServerResponse,
  content: StoredContent | undefined,
  asked: { readonly offsetBytes: number; readonly isHead: boolean; readonly idleBodyMs: number },
): Promise<void> {
  if (content === undefined) return answerProblem(response, notFound);
  const lengthBytes = Math.max(0, content.sizeBytes - asked.offsetBytes);
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': lengthBytes,
    'X-git-annex-data-length': lengthBytes,
  });
  if (asked.isHead) {
    await content.stream.close();
    response.end();
    return;
  }
  // A client that reads no more must not hold the content open for ever.
  response.setTimeout(asked.idleBodyMs, () => response.destroy());
  try {
    await pipeline(content.stream, response);
  } finally {
    await content.stream.close();
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
