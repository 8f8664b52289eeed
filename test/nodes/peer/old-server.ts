import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  decodeRequest,
  encodeReply,
  splitTarget,
  type HttpRequest,
  type ProtocolVersion,
  type Reply,
} from '../../../src/protocol/index.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { collect } from '../../support/objects.ts';
import { atEnd, portOf } from './servers.ts';

/** A server that knows versions up to one only, with its contents in memory. */
export class OldServer {
  readonly contents = new Map<string, Buffer>();
  /** The versions asked in, in their order. */
  readonly asked: number[] = [];
  /** Closes the connection in place of the answer to a put, once all of it has come. */
  losesPuts = false;
  /** What it says it kept of interrupted uploads. */
  keptBytes = 0;
  newest: ProtocolVersion;
  readonly #server: Server;

  private constructor(newest: ProtocolVersion) {
    this.newest = newest;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(newest: ProtocolVersion): Promise<OldServer> {
    const old = new OldServer(newest);
    old.#server.listen(0, '127.0.0.1');
    await once(old.#server, 'listening');
    atEnd(async () => {
      old.#server.closeAllConnections();
      await new Promise((resolve) => old.#server.close(resolve));
    });
    return old;
  }

  get port(): number {
    return portOf(this.#server.address());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const version = Number(/\/v(\d)\//.exec(request.url ?? '')?.[1]);
    this.asked.push(version);
    const head = request.headers;
    const asked = decodeRequest(
      {
        method: request.method ?? '',
        accept: head.accept,
        dataLength: [head['x-git-annex-data-length']].flat()[0],
      },
      splitTarget(request.url ?? ''),
    );
    if (version > this.newest || 'status' in asked) {
      request.resume();
      response.writeHead(404).end();
      return;
    }
    const body = await collect(request);
    if (asked.request.verb === 'get') return this.#content(asked, response);
    if (asked.request.verb === 'put' && this.losesPuts) return void response.destroy();
    response.end(encodeReply(this.#reply(asked, body), asked.version));
  }

  #content({ request }: HttpRequest, response: ServerResponse): void {
    const key = 'key' in request ? serializeKey(request.key) : '';
    const content = this.contents.get(key) ?? Buffer.alloc(0);
    response.writeHead(200, { 'X-git-annex-data-length': content.length }).end(content);
  }

  #reply({ request }: HttpRequest, body: Buffer): Reply {
    const key = 'key' in request ? serializeKey(request.key) : '';
    switch (request.verb) {
      case 'put':
        if (
          request.key.sizeBytes !== undefined &&
          request.offsetBytes + body.length !== Number(request.key.sizeBytes)
        ) {
          this.keptBytes = 0;
          return { kind: 'stored', isStored: false, alsoIn: [] };
        }
        this.contents.set(key, body);
        return { kind: 'stored', isStored: true, alsoIn: [] };
      case 'putOffset':
        return { kind: 'putFrom', offsetBytes: this.keptBytes };
      case 'remove':
        this.contents.delete(key);
        return { kind: 'removed', isRemoved: true, alsoIn: [] };
      default:
        return { kind: 'present', isPresent: this.contents.has(key) };
    }
  }
}
