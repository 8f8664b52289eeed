import type { Clock } from '../../../clock/index.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIPv6, type Server } from 'node:net';
import type { ServedRepositories } from '../../repositories/served-repositories.ts';
import { methodNotAllowed, type HttpProblem } from '../../../protocol/index.ts';
import type { Admission } from '../admission.ts';
import { refused } from '../../problems.ts';
import { answerProblem } from '../answer.ts';
import { answerCors, isForeignWrite } from './cors.ts';
import { HealthCheck } from './health.ts';
import { Metrics } from './metrics.ts';
import { Observation, type RequestObserver } from './observation.ts';

const none: ReadonlySet<string> = new Set();

/** What is served and noted beside the protocol. */
export interface WebOptions {
  /** Origins whose pages may use the gateway; `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Whether requests are counted and `/metrics` is served. Default: true. */
  readonly metrics?: boolean;
  /**
   * Whether who downloads without git-annex is sent on to S3, by a presigned url, where a content lies there in one plain
   * piece. Default: false.
   */
  readonly redirectDownloads?: boolean;
  /** Others that watch the requests. */
  readonly observers?: readonly RequestObserver[];
}

/** What users of the web expect beside git-annex's protocol: CORS, `/healthz` and `/metrics`. */
export class WebEndpoints {
  readonly #admission: Admission;
  readonly #origins: ReadonlySet<string> | undefined;
  readonly #health: HealthCheck;
  readonly #metrics: Metrics | undefined;
  readonly #observers: readonly RequestObserver[];
  readonly #problems: () => readonly string[];
  readonly #servers: Server[] = [];
  readonly #clock: Clock;

  constructor(repositories: ServedRepositories, admission: Admission, options: WebOptions) {
    const { corsOrigins = [], metrics = true, observers = [] } = options;
    this.#admission = admission;
    this.#origins = corsOrigins.length === 0 ? undefined : new Set(corsOrigins);
    this.#health = new HealthCheck({
      read: () => repositories.assertReadable(),
      warn: repositories.warn,
      clock: repositories.clock,
    });
    this.#clock = repositories.clock;
    this.#problems = () => repositories.problems();
    const sources = {
      connections: () => this.#connections(),
      locks: () => sum(repositories.opened().map(({ locks }) => locks.count)),
      reservations: () => sum(repositories.opened().map((gateway) => gateway.openReservations)),
      notices: () => repositories.opened().flatMap(({ notices }) => notices.all()),
      nodeFailures: () => added(repositories.opened().map((gateway) => gateway.nodeFailures)),
      keeping: () => repositories.opened().map(({ keeping }) => keeping),
      nowMs: () => repositories.clock.wallMs(),
      checked: (what: 'copies' | 'bytes' | 'damaged') =>
        added(repositories.opened().map(({ scrubbing }) => scrubbing.counted(what))),
      missingCopies: () => added(repositories.opened().map(({ missing }) => missing.counts)),
    };
    this.#metrics = metrics ? new Metrics(sources) : undefined;
    this.#observers = this.#metrics === undefined ? observers : [this.#metrics, ...observers];
  }

  /** Says whose connections are to be counted. */
  watch(server: Server): void {
    this.#servers.push(server);
  }

  /** What the observers are told of a request; `undefined` when there are none. */
  begun(request: IncomingMessage, response: ServerResponse): Observation | undefined {
    if (this.#observers.length === 0) return undefined;
    return new Observation(request, response, {
      clock: this.#clock,
      observers: this.#observers,
    });
  }

  /** Answers what is the web's; `undefined` when the request is for others to answer. */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    seen: Observation | undefined,
  ): Promise<void> | undefined {
    const path = wellKnown(request.url ?? '');
    // Pages must not read for others what a peer of the same machine may read.
    if (path !== '/metrics' && this.#origins !== undefined) {
      if (answerCors(request, response, this.#origins)) {
        seen?.about('preflight');
        return Promise.resolve();
      }
    }
    if (isForeignWrite(request, this.#origins ?? none)) {
      answerProblem(response, refused('FOREIGN_PAGE'));
      return Promise.resolve();
    }
    if (path === '/healthz') return this.#answerHealth(request, response, seen);
    if (path === '/metrics' && this.#metrics !== undefined) {
      return this.#answerMetrics(request, response, { seen, metrics: this.#metrics });
    }
    return undefined;
  }

  async #answerHealth(
    request: IncomingMessage,
    response: ServerResponse,
    seen: Observation | undefined,
  ): Promise<void> {
    seen?.about('health');
    if (refusedMethod(request, response)) return;
    const reason = await this.#health.look();
    const problems = this.#problems();
    const told = problems.length === 0 ? {} : { problems };
    const [status, answer] =
      reason === undefined
        ? [200, { status: 'ok', ...told }]
        : [503, { status: 'unavailable', reason, ...told }];
    answerText(response, { status, type: 'application/json', text: JSON.stringify(answer) });
  }

  async #answerMetrics(
    request: IncomingMessage,
    response: ServerResponse,
    { seen, metrics }: { seen: Observation | undefined; metrics: Metrics },
  ): Promise<void> {
    seen?.about('metrics');
    const refusal = isNear(request) ? undefined : await this.#refusal(request, seen);
    if (refusal !== undefined) return answerProblem(response, refusal);
    if (refusedMethod(request, response)) return;
    answerText(response, { status: 200, type: metrics.contentType, text: await metrics.text() });
  }

  async #refusal(
    request: IncomingMessage,
    seen: Observation | undefined,
  ): Promise<HttpProblem | undefined> {
    const peer = await this.#admission.peer(request, seen);
    return peer.kind === 'problem' ? peer : this.#admission.refusal('read', peer);
  }

  async #connections(): Promise<number> {
    const counts = this.#servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.getConnections((error, count) =>
            error === null ? resolve(count) : reject(error),
          );
        }),
    );
    return sum(await Promise.all(counts));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function added(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const [name, count] of counts.flatMap((each) => [...each])) {
    total.set(name, (total.get(name) ?? 0) + count);
  }
  return total;
}

function wellKnown(url: string): '/healthz' | '/metrics' | undefined {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path === '/healthz' || path === '/metrics' ? path : undefined;
}

function refusedMethod(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  response.setHeader('Allow', 'GET, HEAD');
  answerProblem(response, methodNotAllowed);
  return true;
}

function answerText(
  response: ServerResponse,
  answer: { readonly status: number; readonly type: string; readonly text: string },
): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.text),
    'Cache-Control': 'no-store',
  });
  response.end(answer.text);
}

const loopback = loopbackAddresses();

function loopbackAddresses(): BlockList {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  addresses.addAddress('::1', 'ipv6');
  return addresses;
}

/** What proxies add that speak for somebody else. */
const forwardingHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'];

/** What the Host of a request to this machine says, without its port. */
const nearHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether a peer is of the same machine, by loopback or a unix socket, and no proxy that says so. A
 * page whose name was made to lead to this machine speaks from it, too, and its Host has that name.
 */
function isNear({ socket, headers }: IncomingMessage): boolean {
  if (forwardingHeaders.some((name) => name in headers)) return false;
  const { remoteAddress } = socket;
  if (remoteAddress === undefined) return true;
  if (headers.host !== undefined && !nearHost.test(headers.host)) return false;
  return loopback.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4');
}
