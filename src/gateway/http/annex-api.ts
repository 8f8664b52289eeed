import { bufferOf } from '../../repository/index.ts';
import {
  decodeRequest,
  encodeReply,
  notFound,
  permissionFor,
  type HttpRequest,
  type Reply,
  type Target,
} from '../../protocol/index.ts';
import { answerRequest, type Answerable, type Asker } from '../stores/answer-request.ts';
import type { Gateway } from '../gateway.ts';
import type { ServedRepositories } from '../repositories/served-repositories.ts';
import type { ServedStore } from '../stores/served-store.ts';
import { brokenBody } from '../uploads/upload.ts';
import type { Admission } from './admission.ts';
import { answerJson, answerProblem } from './answer.ts';
import { answerContent, answerDownload } from './content.ts';
import type { Exchange } from './exchange.ts';
import { goneSignal } from './gone-signal.ts';
import { headerText } from './header-text.ts';
import { keepLocked } from './keep-locked.ts';
import { redirected } from './direct/redirect.ts';

/** Who answers, and how. */
export interface AnnexFace {
  readonly repositories: ServedRepositories;
  readonly admission: Admission;
  /** Whether downloads without git-annex are sent on to S3. */
  readonly isRedirecting: boolean;
}

/**
 * Answers a request of the P2P protocol (paths that begin with `/git-annex/`). What is checked
 * comes in the reference server's order: the header's form, whether the repository is known,
 * access.
 */
export async function answerAnnex(
  exchange: Exchange,
  { repositories, admission, isRedirecting }: AnnexFace,
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
  if (asked.kind === 'problem') return answerProblem(response, asked);
  exchange.seen?.asked(asked);
  const malformed = admission.malformed(request);
  if (malformed !== undefined) return answerProblem(response, malformed);
  const lease = await repositories.withUuid(asked.server);
  if (lease === undefined) return answerProblem(response, notFound);
  try {
    const peer = await admission.peer(request, exchange.seen);
    if (peer.kind === 'problem') return answerProblem(response, peer);
    const refusal = admission.refusal(permissionFor[asked.request.verb], peer);
    if (refusal !== undefined) return answerProblem(response, refusal);
    const isPublic = admission.isPublic('read');
    await answerAllowed(asked, exchange, { gateway: lease.gateway, isPublic, isRedirecting });
  } finally {
    lease.release();
  }
}

async function answerAllowed(
  asked: HttpRequest,
  exchange: Exchange,
  {
    gateway,
    isPublic,
    isRedirecting,
  }: { readonly gateway: Gateway; readonly isPublic: boolean; readonly isRedirecting: boolean },
): Promise<void> {
  const { request, response, target } = exchange;
  const store = await gateway.store(asked.server, asked.bypass);
  if (store === undefined) return answerProblem(response, notFound);
  if (asked.request.verb === 'get') {
    const { key, offsetBytes, associatedFile } = asked.request;
    const how = { isHead: asked.isHead, idleBodyMs: gateway.limits.idleBodyMs };
    if (isUnversioned(target)) {
      const lifeSeconds = Math.ceil(gateway.limits.downloadUrlMs / 1000);
      const { isHead } = asked;
      // Clients of the protocol follow nowhere; they do not ask here.
      const isSentOn =
        isRedirecting &&
        (await redirected(exchange, store, { key, associatedFile, isHead, lifeSeconds }));
      if (isSentOn) return;
      return await answerDownload(exchange, store, { ...how, key, associatedFile, isPublic });
    }
    const content = await store.get(key, offsetBytes);
    return await answerContent(exchange, content, { ...how, offsetBytes });
  }
  if (asked.request.verb === 'keepLocked') {
    await keepLocked(request, asked.request.lockId, gateway.locks);
    return answerJson(response, encodeReply({ kind: 'notLocked' }, asked.version));
  }
  const hasBody = asked.request.verb === 'put' && !asked.request.isDataPresent;
  const reply = hasBody
    ? await answerUpload(asked.request, store, gateway, exchange)
    : await answerRequest(asked.request, store, gateway.locks, askerOf(exchange));
  exchange.seen?.replied(reply);
  answerJson(response, encodeReply(reply, asked.version));
}

/** `/git-annex/UUID/key/KEY`, which is for whoever speaks HTTP. */
function isUnversioned({ segments }: Target): boolean {
  return segments[2] === 'key';
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
  return {
    body: bodyOf(exchange),
    signal: () => goneSignal(exchange),
    isGone: () => exchange.response.destroyed,
  };
}

/** The pieces of a body. Stopping early leaves the connection open, for the answer. */
async function* bodyOf({ request, seen }: Exchange): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      const bytes = bufferOf(piece);
      seen?.received(bytes.length);
      yield bytes;
    }
    // From here on it is the client that waits, for the disks.
    request.setTimeout(0);
  } catch (error) {
    throw brokenBody(error);
  } finally {
    // One that was left while a piece was awaited ends only with that piece, after the answer.
    setImmediate(() => request.resume());
  }
}
