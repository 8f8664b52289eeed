import type { Chance } from '../world/chance.ts';
import { mutated, odd } from './mutate.ts';

/** What requests may be about. */
export interface Aims {
  readonly uuids: readonly string[];
  /** Contents that are to be there still when all is over: they are read and locked. */
  readonly guarded: readonly string[];
  /** Contents that are stored and removed, by their keys. */
  readonly loose: ReadonlyMap<string, Buffer>;
}

const readVerbs = ['checkpresent', 'putoffset', 'lockcontent', 'keeplocked', 'gettimestamp'];
const writeVerbs = ['put', 'remove', 'remove-before'];
const otherPaths = [
  '/',
  '/healthz',
  '/metrics',
  '/openapi.json',
  '/config',
  '/git-annex/',
  '/git-annex/v4/',
  '/gateway.git/HEAD',
  '/gateway.git/info/refs',
  '/gateway.git/info/refs?service=git-upload-pack',
  '/gateway.git/objects/info/packs',
  '/gateway.git/config',
];
const headerNames = [
  'Accept-Encoding',
  'Authorization',
  'Cookie',
  'If-None-Match',
  'If-Range',
  'Origin',
  'Range',
  'X-git-annex-data-length',
];
/** What may have the server close the connection. */
const lastHeaders = ['Connection: close', 'Expect: x'];
const headerValues = [
  'Basic !!!!',
  'Basic YTpi',
  'Bearer x',
  'bytes=0-',
  'bytes=5-2',
  'bytes=-99999999999999999999',
  'close, keep-alive',
  'gzip;q=banana',
  'h2c',
  'null',
  '"x"',
  '*',
  '0',
  '10',
  '-1',
];

/** Requests from a seed: odd, wrong or broken, and now and then right. */
export class HostileHttp {
  readonly #chance: Chance;
  readonly #aims: Aims;

  constructor(chance: Chance, aims: Aims) {
    this.#chance = chance;
    this.#aims = aims;
  }

  /** A request that ends where it says, so that another may follow. */
  framed(): Buffer {
    const chance = this.#chance;
    if (chance.happens(0.02)) return this.#rightPut();
    const body = chance.happens(0.1) ? this.#body() : Buffer.alloc(0);
    if (chance.happens(0.15)) return Buffer.concat([this.#head(chunkedHeader), chunked(body)]);
    const length =
      chance.happens(0.9) || body.length > 0 ? `Content-Length: ${body.length}\r\n` : '';
    return Buffer.concat([this.#head(length), body]);
  }

  /** What may break off the connection that it comes on. */
  broken(): Buffer {
    const chance = this.#chance;
    const body = this.#body();
    return chance.pick([
      () => mutated(this.framed(), chance),
      () => mutated(this.framed(), chance),
      () => this.framed().subarray(0, chance.below(200)),
      () => Buffer.concat([this.#head(chunkedHeader), mutated(chunked(body), chance)]),
      () =>
        Buffer.concat([
          this.#head(`Content-Length: ${body.length + 1 + chance.below(1e9)}\r\n`),
          body,
        ]),
      () => Buffer.concat([this.#head(`Content-Length: 3\r\n${chunkedHeader}`), chunked(body)]),
      () => this.#head('Connection: upgrade\r\nUpgrade: h2c\r\n'),
      () => chance.bytes(chance.below(2000)),
    ])();
  }

  #rightPut(): Buffer {
    const [key, content] = this.#chance.pick([...this.#aims.loose]);
    const uuid = this.#chance.pick(this.#aims.uuids);
    const path = `/git-annex/${uuid}/v4/put?clientuuid=me&key=${encodeURIComponent(key)}`;
    const length = `X-git-annex-data-length: ${content.length}\r\n${chunkedHeader}`;
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${length}\r\n`;
    return Buffer.concat([Buffer.from(head), chunked(content)]);
  }

  #head(framing: string): Buffer {
    const chance = this.#chance;
    const method = chance.happens(0.9)
      ? chance.pick(['GET', 'POST'])
      : chance.pick(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']);
    const headers = Array.from(
      { length: chance.below(4) },
      () => `${chance.pick(headerNames)}: ${clean(odd(chance, headerValues))}\r\n`,
    );
    if (chance.happens(0.003)) headers.push(`${chance.pick(lastHeaders)}\r\n`);
    const host = chance.happens(0.998) ? 'Host: x\r\n' : '';
    const text = `${method} ${this.#target()} HTTP/1.1\r\n${host}${headers.join('')}${framing}\r\n`;
    return Buffer.from(text, 'latin1');
  }

  #target(): string {
    const chance = this.#chance;
    // Many of these start a git, which takes longer than all the others together.
    if (chance.happens(0.04))
      return `/${clean(odd(chance, otherPaths))
        .slice(1)
        .replaceAll(/[^!-~]/g, '+')}`;
    const uuid = encoded(odd(chance, this.#aims.uuids), chance);
    const version = chance.happens(0.95) ? chance.below(5) : odd(chance, ['5', '-1', '']);
    // What removes and stores is never about what is guarded.
    const writes = chance.happens(0.2);
    const keys = writes ? [...this.#aims.loose.keys()] : this.#aims.guarded;
    const key = encoded(odd(chance, keys), chance);
    const verb = odd(chance, writes ? writeVerbs : readVerbs);
    if (!writes && chance.happens(0.3)) {
      return `/git-annex/${uuid}/v${encoded(String(version), chance)}/key/${key}?${this.#query()}`;
    }
    const path = `/git-annex/${uuid}/v${encoded(String(version), chance)}/${encoded(verb, chance)}`;
    return `${path}?key=${key}&${this.#query()}`;
  }

  #query(): string {
    const chance = this.#chance;
    const values = ['me', 'file', '0', '5', '-1', '1e9', '[x]', ''];
    const names = ['clientuuid', 'associatedfile', 'offset', 'bypass', 'lockid', 'timestamp'];
    const pairs = Array.from(
      { length: chance.below(5) },
      () => `${chance.pick(names)}=${encoded(odd(chance, values), chance)}`,
    );
    return [...(chance.happens(0.9) ? ['clientuuid=me'] : []), ...pairs].join('&');
  }

  #body(): Buffer {
    const chance = this.#chance;
    const texts = ['{"unlock":true}', '{"unlock":false}', '{"unlock":', '{"a":'.repeat(200), ''];
    if (chance.happens(0.5)) return Buffer.from(chance.pick(texts));
    if (chance.happens(0.5)) return chance.pick([...this.#aims.loose.values()]);
    return chance.bytes(chance.below(3000));
  }
}

const chunkedHeader = 'Transfer-Encoding: chunked\r\n';

function chunked(body: Buffer): Buffer {
  if (body.length === 0) return Buffer.from('0\r\n\r\n');
  const size = Buffer.from(`${body.length.toString(16)}\r\n`);
  return Buffer.concat([size, body, Buffer.from('\r\n0\r\n\r\n')]);
}

function clean(text: string): string {
  return text.replaceAll(/[^ -~\u0080-\u00ff]/g, '');
}

function encoded(text: string, chance: Chance): string {
  const whole = encodeURIComponent(text);
  return chance.happens(0.97)
    ? whole
    : whole.replaceAll(/%(..)/g, (all) => chance.pick([all, '%', '%%']));
}
