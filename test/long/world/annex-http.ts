import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';

/** What became of a request: an answer, or why there was none. */
export type Outcome =
  | { readonly status: number; readonly body: Buffer }
  | { readonly status: 'timeout' | 'broken'; readonly body: undefined };

/** Where a request goes: a server's port and one of the UUIDs it serves. */
export interface Place {
  readonly port: number;
  readonly uuid: string;
}

/** A key whose content verifies by its name. */
export function keyOf(content: Uint8Array): string {
  return `SHA256-s${content.length}--${createHash('sha256').update(content).digest('hex')}`;
}

/** Whether these bytes are the content of a key made by {@link keyOf}. */
export function isContentOf(key: string, bytes: Uint8Array): boolean {
  return keyOf(bytes) === key;
}

/** One client over HTTP, which keeps its connection; it never throws for what a server does. */
export class AnnexHttp {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #limitMs: number;

  /** @param options.limitMs the longest that one request may take. */
  constructor(options: { readonly limitMs: number }) {
    this.#limitMs = options.limitMs;
  }

  close(): void {
    this.#agent.destroy();
  }

  checkPresent(place: Place, key: string): Promise<Outcome> {
    return this.#ask(place, { method: 'POST', path: `checkpresent?${named(key)}` });
  }

  get(place: Place, key: string): Promise<Outcome> {
    const path = `key/${encodeURIComponent(key)}?clientuuid=me`;
    return this.#ask(place, { method: 'GET', path });
  }

  put(place: Place, key: string, content: Uint8Array): Promise<Outcome> {
    return this.#ask(place, {
      method: 'POST',
      path: `put?${named(key)}&offset=0`,
      headers: { 'X-git-annex-data-length': String(content.length) },
      body: content,
    });
  }

  remove(place: Place, key: string): Promise<Outcome> {
    return this.#ask(place, { method: 'POST', path: `remove?${named(key)}` });
  }

  lock(place: Place, key: string): Promise<Outcome> {
    return this.#ask(place, { method: 'POST', path: `lockcontent?${named(key)}` });
  }

  health(port: number): Promise<Outcome> {
    return this.#send(port, { method: 'GET', path: '/healthz' });
  }

  #ask({ port, uuid }: Place, asked: Asked): Promise<Outcome> {
    return this.#send(port, { ...asked, path: `/git-annex/${uuid}/v4/${asked.path}` });
  }

  #send(port: number, asked: Asked): Promise<Outcome> {
    return new Promise((resolve) => {
      const { method, path, headers = {}, body } = asked;
      const sent = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: this.#agent,
        headers: { ...headers, 'Content-Length': String(body?.length ?? 0) },
      });
      const timer = setTimeout(() => {
        resolve({ status: 'timeout', body: undefined });
        sent.destroy();
      }, this.#limitMs);
      const broken = (): void => {
        clearTimeout(timer);
        resolve({ status: 'broken', body: undefined });
      };
      sent.on('error', broken);
      sent.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('close', broken);
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) });
        });
      });
      sent.end(body);
    });
  }
}

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function named(key: string): string {
  return `key=${encodeURIComponent(key)}&clientuuid=me`;
}

/** Whether an answer says so: `{"stored":true...}` and the like. */
export function says(outcome: Outcome, field: string): boolean {
  return outcome.status === 200 && fieldOf(outcome.body, field) === true;
}

/** A field of an answer of JSON. */
export function fieldOf(body: Buffer, field: string): unknown {
  try {
    const json: unknown = JSON.parse(body.toString());
    if (typeof json !== 'object' || json === null) return undefined;
    return Object.entries(json).find(([name]) => name === field)?.[1];
  } catch {
    return undefined;
  }
}
