import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Door } from './s3-stores.ts';

/** What goes wrong with one request. */
export type Fault =
  /** The server is not asked. */
  | { readonly kind: 'refusal'; readonly status: number; readonly reason: string }
  /** The connection is closed when so much of the request's body has come. */
  | { readonly kind: 'cutRequest'; readonly afterBytes: number }
  /** The connection is closed when so much of the answer's body has gone; the server knows nothing of it. */
  | { readonly kind: 'cutAnswer'; readonly afterBytes: number }
  /** A byte of the request's body changes. */
  | { readonly kind: 'damage' }
  /** Something happens before the server hears of the request. */
  | { readonly kind: 'meanwhile'; readonly act: () => Promise<void> }
  /** The answer comes without its time. */
  | { readonly kind: 'noDate' };

/** A request as a fault may be chosen by. */
export interface AskedOfS3 {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether it has the server copy an object. */
  readonly isCopy: boolean;
}

/** Stands before an S3 server and does it harm. */
export class FaultProxy {
  readonly door: S3Door;
  /** What was asked, each as its method and query, in order. */
  readonly asked: string[] = [];
  /** What goes wrong with a request; `undefined` for nothing. Default: nothing ever does. */
  fault: (asked: AskedOfS3) => Fault | undefined = () => undefined;
  /** How many requests were harmed. */
  harmed = 0;
  readonly #close: () => void;

  private constructor(door: S3Door, close: () => void) {
    this.door = door;
    this.#close = close;
  }

  static async before(server: S3Door): Promise<FaultProxy> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port }: Pick<AddressInfo, 'port'> = Object(listener.address());
    const close = (): void => {
      listener.close();
      listener.closeAllConnections();
    };
    const made = new FaultProxy({ ...server, host: '127.0.0.1', port }, close);
    listener.on('request', (asking, answer) => made.#pass(server, asking, answer));
    return made;
  }

  /** The first so many requests that are like this one fail like that. */
  first(count: number, isLike: (asked: AskedOfS3) => boolean, fault: Fault): void {
    let left = count;
    this.fault = (asked) => {
      if (left === 0 || !isLike(asked)) return undefined;
      left -= 1;
      return fault;
    };
  }

  #pass(server: S3Door, asking: IncomingMessage, answer: ServerResponse): void {
    const { pathname: path, search, searchParams: query } = new URL(asking.url ?? '', 'http://s3');
    const { method = '' } = asking;
    this.asked.push(`${method} ${search}`);
    const isCopy = 'x-amz-copy-source' in asking.headers;
    const fault = this.fault({ method, path, query, isCopy });
    if (fault !== undefined) this.harmed += 1;
    asking.on('error', () => undefined);
    if (fault?.kind === 'refusal') {
      const text = `<Error><Code>${fault.reason}</Code></Error>`;
      asking.resume().on('end', () => answer.writeHead(fault.status).end(text));
      return;
    }
    if (fault?.kind === 'meanwhile') {
      const { act } = fault;
      act().then(
        () => this.#forward(server, { asking, answer, fault }),
        () => answer.destroy(),
      );
    } else this.#forward(server, { asking, answer, fault });
  }

  #forward(
    { host, port }: S3Door,
    on: {
      readonly asking: IncomingMessage;
      readonly answer: ServerResponse;
      readonly fault: Fault | undefined;
    },
  ): void {
    const { asking, answer, fault } = on;
    const { method, url: path, headers } = asking;
    const asked = request({ host, port, method, path, headers, agent: false });
    asked.on('error', () => answer.destroy());
    asked.on('response', (answered) => {
      const { date, ...others } = answered.headers;
      answer.sendDate = false;
      const isTimed = fault?.kind !== 'noDate' && date !== undefined;
      answer.writeHead(answered.statusCode ?? 500, isTimed ? { ...others, date } : others);
      let goneBytes = 0;
      answered.on('data', (piece: Buffer) => {
        goneBytes += piece.length;
        answer.write(piece);
        if (fault?.kind === 'cutAnswer' && goneBytes >= fault.afterBytes) answer.destroy();
      });
      answered.on('error', () => answer.destroy());
      answered.on('end', () => {
        if (fault?.kind === 'cutAnswer') answer.destroy();
        else answer.end();
      });
    });
    let comeBytes = 0;
    asking.on('data', (piece: Buffer) => {
      if (fault?.kind === 'damage' && comeBytes === 0) piece[0] = (piece[0] ?? 0) ^ 1;
      comeBytes += piece.length;
      if (fault?.kind === 'cutRequest' && comeBytes >= fault.afterBytes) {
        asking.destroy();
        asked.destroy();
      } else asked.write(piece);
    });
    asking.on('end', () => asked.end());
  }

  /** Ends it, and all connections by way of it. */
  close(): void {
    this.#close();
  }
}
