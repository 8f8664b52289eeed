import { once } from 'node:events';
import type { Server } from 'node:http';
import { Gateway, makeServer, SingleRepository } from '../../src/gateway/index.ts';
import type { ServedDemo } from '../../test/gateway/served-demo.ts';

/** One repository served in this process, which may be started anew in the middle. */
export class LiveRepository implements ServedDemo {
  readonly directory: string;
  readonly warnings: string[] = [];
  #gateway: Gateway | undefined;
  #http: Server | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(directory: string): Promise<LiveRepository> {
    const live = new LiveRepository(directory);
    await live.#start();
    return live;
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) throw new Error('not served now');
    return this.#gateway;
  }

  get http(): Server {
    if (this.#http === undefined) throw new Error('not served now');
    return this.#http;
  }

  get port(): number {
    const address = this.http.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return address.port;
  }

  /** It has no nodes; all is asked of the gateway itself. */
  get uuids(): ServedDemo['uuids'] {
    const { uuid } = this.gateway;
    return { gateway: uuid, cluster: '', node1: '', node2: '', node3: '' };
  }

  async restart(): Promise<void> {
    await this.close();
    await this.#start();
  }

  async close(): Promise<void> {
    this.http.close();
    this.http.closeAllConnections();
    await this.gateway.close();
  }

  async #start(): Promise<void> {
    this.#gateway = await Gateway.open(this.directory, {
      warn: (message, error) => this.warnings.push(`${message}: ${String(error)}`),
    });
    this.#http = makeServer(new SingleRepository(this.#gateway, 'repository'), {
      access: { wideopen: true },
    });
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }
}
