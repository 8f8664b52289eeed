import type { Clock } from '../../../clock/index.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { serializeKey, type Key } from '../../../key/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { HttpRequest, Reply, Verb } from '../../../protocol/index.ts';

/** What a request is about: a verb of the protocol, or one of the other things that are served. */
export type SeenVerb =
  | Verb
  | 'uploadUrl'
  | 'uploadCheck'
  | 'git'
  | 'config'
  | 'health'
  | 'metrics'
  | 'preflight'
  | 'other';

/** What is known of a request: little while it begins, all when it has ended. */
export interface SeenRequest {
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The peer's address; `undefined` on a unix socket. */
  readonly remote: string | undefined;
  /** The account; `undefined` for a peer that showed no credentials. */
  readonly user: string | undefined;
  readonly verb: SeenVerb;
  /** The repository, node or cluster that is asked. */
  readonly server: string | undefined;
  /** What the client calls itself, unverified. */
  readonly client: string | undefined;
  readonly key: string | undefined;
  /** UUIDs of the repositories that were stored to or removed from, or of the one that gave. */
  readonly nodes: readonly string[] | undefined;
  /** Bytes of content received, or sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** `undefined` when the client left before there was any. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /** The client left before it had its answer. */
  readonly isGone: boolean;
}

/** Watches requests. Must neither throw nor wait: it is called in the middle of serving. */
export interface RequestObserver {
  begun?(request: SeenRequest): void;
  /** Called once for each, when the answer is sent or the client is gone. */
  ended(request: SeenRequest): void;
}

/** One request, as it becomes known, for those who watch. */
export class Observation implements SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly remote: string | undefined;
  user: string | undefined;
  verb: SeenVerb = 'other';
  server: string | undefined;
  client: string | undefined;
  nodes: readonly string[] | undefined;
  bytesIn = 0;
  bytesOut = 0;
  status: number | undefined;
  durationMs = 0;
  isGone = false;
  #key: Key | undefined;
  readonly #startMs: number;
  readonly #clock: Clock;
  readonly #response: ServerResponse;
  readonly #observers: readonly RequestObserver[];
  #isEnded = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    by: { readonly clock: Clock; readonly observers: readonly RequestObserver[] },
  ) {
    this.#clock = by.clock;
    this.#startMs = by.clock.steadyMs();
    const url = request.url ?? '';
    const query = url.indexOf('?');
    this.method = request.method ?? '';
    this.path = query === -1 ? url : url.slice(0, query);
    this.#response = response;
    this.#observers = by.observers;
    const { remote, live } = connectionOf(request.socket);
    this.remote = remote;
    live.add(this);
    response.once('close', () => {
      live.delete(this);
      this.end();
    });
    for (const observer of by.observers) observer.begun?.(this);
  }

  get key(): string | undefined {
    return this.#key && serializeKey(this.#key);
  }

  /** Notes a request that is none of the protocol. */
  about(verb: SeenVerb): void {
    this.verb = verb;
  }

  /** Notes what the request turned out to ask. */
  asked(asked: HttpRequest): void {
    this.#key = 'key' in asked.request ? asked.request.key : undefined;
    this.verb = asked.request.verb;
    this.server = asked.server;
    this.client = asked.client;
  }

  /** Notes what is asked of an upload that goes past the gateway. */
  asksUpload(asked: { readonly verb: SeenVerb; readonly server: Uuid; readonly key: Key }): void {
    this.#key = asked.key;
    this.verb = asked.verb;
    this.server = asked.server;
  }

  /** Notes what was done. */
  replied(reply: Reply): void {
    const isDone =
      (reply.kind === 'stored' && reply.isStored) || (reply.kind === 'removed' && reply.isRemoved);
    if (reply.kind !== 'stored' && reply.kind !== 'removed') return;
    // A node that answers for itself is named by nobody.
    this.nodes = reply.alsoIn.length === 0 && isDone ? [this.server ?? ''] : reply.alsoIn;
  }

  /** Notes the node that gives a content. */
  givenBy(node: Uuid): void {
    this.nodes = [node];
  }

  received(bytes: number): void {
    this.bytesIn += bytes;
  }

  sent(bytes: number): void {
    this.bytesOut += bytes;
  }

  /** Tells the observers that it has ended; only the first call counts. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.durationMs = this.#clock.steadyMs() - this.#startMs;
    this.status = this.#response.headersSent ? this.#response.statusCode : undefined;
    this.isGone = !this.#response.writableFinished;
    for (const observer of this.#observers) observer.ended(this);
  }
}

interface SeenConnection {
  readonly remote: string | undefined;
  /**
   * The requests that it has under way. Before Node 24 an answer that waits behind an earlier one
   * of its connection is not told that the connection has closed.
   */
  readonly live: Set<Observation>;
}

const connections = new WeakMap<Socket, SeenConnection>();

function connectionOf(socket: Socket): SeenConnection {
  const known = connections.get(socket);
  if (known !== undefined) return known;
  const live = new Set<Observation>();
  // As people know it, though a socket for both kinds of addresses has it as one of IPv6.
  const remote = socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/i, '');
  const connection = { remote, live };
  connections.set(socket, connection);
  socket.once('close', () => {
    for (const observation of live) observation.end();
    live.clear();
  });
  return connection;
}
