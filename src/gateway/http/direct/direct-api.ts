import type { ServerResponse } from 'node:http';
import { parseKey, type Key } from '../../../key/index.ts';
import {
  jsonContentType,
  methodNotAllowed,
  notFound,
  permissionFor,
} from '../../../protocol/index.ts';
import { parseUuid, type Uuid } from '../../../units/index.ts';
import type { Gateway } from '../../gateway.ts';
import type { ServedRepositories } from '../../repositories/served-repositories.ts';
import {
  checkUpload,
  offerUpload,
  type UploadChecked,
  type UploadOffer,
} from '../../stores/direct-uploads.ts';
import type { Admission } from '../admission.ts';
import { answerProblem } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { goneSignal } from '../gone-signal.ts';

/** What is asked of an upload that goes past the gateway. */
type DirectVerb = 'uploadUrl' | 'uploadCheck';

const verbs: ReadonlyMap<string | undefined, DirectVerb> = new Map([
  ['upload-url', 'uploadUrl'],
  ['upload-check', 'uploadCheck'],
]);

interface Asked {
  readonly verb: DirectVerb;
  readonly server: Uuid;
  readonly key: Key;
  readonly associatedFile: string | undefined;
}

/**
 * Answers what is ballast's own about uploads that clients send to S3 themselves (`stores/direct-uploads`):
 * `POST /ballast/UUID/upload-url?key=KEY` and `POST /ballast/UUID/upload-check?key=KEY`, each with `associatedfile=` where
 * the client has one. Who may put may ask it, and what is checked comes in the order of the protocol's own requests.
 * The answer is JSON: 200 with what was asked for, 422 with the reason why not.
 */
export async function answerDirect(
  exchange: Exchange,
  repositories: ServedRepositories,
  admission: Admission,
): Promise<void> {
  const { request, response, seen } = exchange;
  const asked = read(exchange);
  if (asked === 'nothing') return answerProblem(response, notFound);
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST');
    return answerProblem(response, methodNotAllowed);
  }
  if (asked === 'noKey') {
    return answerProblem(response, { kind: 'problem', status: 400, text: 'key parse error' });
  }
  seen?.asksUpload(asked);
  const malformed = admission.malformed(request);
  if (malformed !== undefined) return answerProblem(response, malformed);
  const lease = await repositories.withUuid(asked.server);
  if (lease === undefined) return answerProblem(response, notFound);
  try {
    const peer = await admission.peer(request, seen);
    if (peer.kind === 'problem') return answerProblem(response, peer);
    const refusal = admission.refusal(permissionFor.put, peer);
    if (refusal !== undefined) return answerProblem(response, refusal);
    await answerAllowed(exchange, asked, lease.gateway);
  } finally {
    lease.release();
  }
}

function read({ target }: Exchange): Asked | 'nothing' | 'noKey' {
  const [, server = '', name] = target.segments;
  const verb = verbs.get(name);
  const uuid = parseUuid(server);
  if (verb === undefined || uuid === undefined || target.segments.length !== 3) return 'nothing';
  const given = new Map(target.query);
  const key = parseKey(given.get('key') ?? '');
  if (key === undefined) return 'noKey';
  return { verb, server: uuid, key, associatedFile: given.get('associatedfile') };
}

async function answerAllowed(exchange: Exchange, asked: Asked, gateway: Gateway): Promise<void> {
  const { response, seen } = exchange;
  const store = await gateway.store(asked.server);
  if (store === undefined) return answerProblem(response, notFound);
  if (asked.verb === 'uploadUrl') {
    const lifeSeconds = Math.ceil(gateway.limits.uploadUrlMs / 1000);
    const offer = await offerUpload(store, asked, lifeSeconds);
    return answer(response, offerAnswer(offer, gateway.clock.wallMs()));
  }
  const checked = await checkUpload(store, asked, goneSignal(exchange));
  const isStored = checked.kind === 'stored';
  const alsoIn = isStored ? checked.nodes : [];
  seen?.replied({ kind: 'stored', isStored, alsoIn });
  answer(response, checkAnswer(checked, asked.server));
}

/** What is answered: a refusal has its reason, and a sentence about it. */
type Answer = { readonly kind: string } & Readonly<Record<string, unknown>>;

function offerAnswer(offer: UploadOffer, nowMs: number): Answer {
  if (offer.kind === 'present') return { kind: 'present' };
  if (offer.kind === 'refused') return refusal(offer.reason);
  const { method, url, headers, lifeSeconds } = offer.request;
  const expires = new Date(nowMs + lifeSeconds * 1000).toISOString();
  return { kind: 'send', method, url, headers, expires, lifeSeconds, node: offer.node };
}

function checkAnswer(checked: UploadChecked, server: Uuid): Answer {
  if (checked.kind === 'refused') return refusal(checked.reason);
  // A node that answers for itself is named by nobody.
  return { kind: 'stored', nodes: checked.nodes.length === 0 ? [server] : checked.nodes };
}

type Refused = Extract<UploadOffer | UploadChecked, { kind: 'refused' }>;

function refusal(reason: Refused['reason']): Answer {
  return { kind: 'refused', reason, message: refusals[reason] };
}

/** Why an upload past the gateway is refused: each reason as it is answered, and a sentence with the way out. */
export const refusals: Readonly<Record<Refused['reason'], string>> = {
  notS3: 'no node that it would go to is an S3 remote of this gateway; put it here',
  encrypted: 'the remote is encrypted, which the gateway does; put it here',
  chunked: 'the remote has contents in chunks, which the gateway cuts; put it here',
  exportedTree: 'trees are exported to the remote; put it here',
  readOnly: 'the remote is there to be read',
  noCredentials: 'the gateway has no credentials for the remote',
  signatureV2: 'the remote is spoken to by signature=v2; put it here, or set signature=v4',
  sizeUnknown: 'the key does not say its size; put it here',
  noHash: 'the key does not say which bytes are right; put it here',
  tooLarge: 'it has more than the 5 GiB that one request can bring; put it here',
  nothingSent: 'nothing was sent; ask for a url, and send it there',
  otherSize: 'what was sent has not the size of the key, and was removed; send it again',
  otherContent: 'what was sent is not the content of the key, and was removed; send it again',
  notStored: 'no node has stored it; what was sent is still there, check it again',
};

/** An answer may have a url that is a secret, and holds for a while. */
function answer(response: ServerResponse, json: Answer): void {
  const body = JSON.stringify(json);
  response.writeHead(json.kind === 'refused' ? 422 : 200, {
    'Content-Type': jsonContentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}
