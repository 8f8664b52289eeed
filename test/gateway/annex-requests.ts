import { randomBytes } from 'node:crypto';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { collect, sha256Key } from '../support/objects.ts';
import type { DemoName, ServedDemo } from './served-demo.ts';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly agent?: Agent;
}

/** A content that no other test has, and its key. */
export function newContent(length = 1000): { readonly content: Buffer; readonly key: Key } {
  const content = randomBytes(length);
  return { content, key: sha256Key(content) };
}

/** Begins a request exactly as written: no redirects, no decoding, a connection of its own. */
export function begin(demo: ServedDemo, path: string, ask: Ask = {}): ClientRequest {
  return request({
    host: '127.0.0.1',
    port: demo.port,
    path,
    method: ask.method ?? 'GET',
    headers: { ...ask.headers },
    agent: ask.agent ?? false,
  });
}

/** Sends a request and waits for the whole answer. */
export async function ask(demo: ServedDemo, path: string, how: Ask = {}): Promise<Answer> {
  const sent = begin(demo, path, how);
  sent.end(how.body);
  return await answerOf(sent);
}

/** The answer to a request that is being sent. */
export async function answerOf(sent: ClientRequest): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  sent.on('error', () => undefined); // the answer is here; what becomes of the rest is no matter
  const body = await collect(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The path of an endpoint, with the parameters that each needs. */
export function pathOf(
  demo: ServedDemo,
  server: DemoName,
  endpoint: string,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): string {
  const named = Object.entries({ clientuuid: 'me', ...parameters });
  const query = named.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/git-annex/${demo.uuids[server]}/v4/${endpoint}?${query.join('&')}`;
}

/** Posts to an endpoint and gives the JSON of its answer; any status but 200 is given instead. */
export async function post(
  demo: ServedDemo,
  server: DemoName,
  endpoint: string,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): Promise<unknown> {
  return judged(await ask(demo, pathOf(demo, server, endpoint, parameters), { method: 'POST' }));
}

/** Likewise about a key. */
export function postKey(
  demo: ServedDemo,
  server: DemoName,
  endpoint: string,
  key: Key,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): Promise<unknown> {
  return post(demo, server, endpoint, { key: serializeKey(key), ...parameters });
}

/** How a put is other than whole and from the first byte. */
export interface PutShape {
  readonly offset?: number;
  readonly length?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

/** Puts the bytes for a key, and gives the JSON of the answer or another status. */
export async function put(
  demo: ServedDemo,
  server: DemoName,
  key: Key,
  bytes: Uint8Array,
  shape: PutShape = {},
): Promise<unknown> {
  const sent = beginPut(demo, server, key, { length: bytes.length, ...shape });
  sent.end(bytes);
  return judged(await answerOf(sent));
}

/** Begins a put whose body the caller writes. */
export function beginPut(
  demo: ServedDemo,
  server: DemoName,
  key: Key,
  shape: PutShape & { readonly length: number },
): ClientRequest {
  const parameters = { key: serializeKey(key), offset: shape.offset ?? 0, ...shape.parameters };
  return begin(demo, pathOf(demo, server, 'put', parameters), {
    method: 'POST',
    headers: { 'X-git-annex-data-length': String(shape.length), ...shape.headers },
  });
}

/** Locks a content, which must be there, and gives the id. */
export async function lockOf(demo: ServedDemo, server: DemoName, key: Key): Promise<string> {
  const answer = await postKey(demo, server, 'lockcontent', key);
  const id = typeof answer === 'object' && answer !== null && 'lockid' in answer && answer.lockid;
  if (typeof id !== 'string') throw new Error(`no lock: ${JSON.stringify(answer)}`);
  return id;
}

/** Begins to keep a lock; the caller goes on with the body. */
export function keepLock(demo: ServedDemo, server: DemoName, id: string): ClientRequest {
  const path = pathOf(demo, server, 'keeplocked', { lockid: id });
  const sent = begin(demo, path, { method: 'POST' });
  sent.on('error', () => undefined);
  sent.write('{"unlock":false}\n');
  return sent;
}

/** The JSON that answers a request. */
export async function jsonOf(sent: ClientRequest): Promise<unknown> {
  return judged(await answerOf(sent));
}

/** Gets a key's content. */
export function get(
  demo: ServedDemo,
  server: DemoName,
  key: Key,
  offset?: number,
): Promise<Answer> {
  const name = `key/${encodeURIComponent(serializeKey(key))}`;
  return ask(demo, pathOf(demo, server, name, offset === undefined ? {} : { offset }));
}

/**
 * Sends the first bytes of a body, waits until they have arrived, and breaks the connection off.
 */
export async function breakOff(
  sent: ClientRequest,
  bytes: Uint8Array,
  haveArrived: () => boolean | Promise<boolean>,
): Promise<void> {
  sent.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    sent.once('close', () => resolve());
  });
  sent.write(bytes);
  await until(haveArrived, 'the bytes that were sent');
  sent.destroy();
  await closed;
}

function judged(answer: Answer): unknown {
  if (answer.status !== 200) return answer.status;
  const json: unknown = JSON.parse(answer.body.toString());
  return json;
}

/** Waits for something to become true. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for: ${what}`);
    await new Promise<void>((resolve) => {
      setTimeout(() => resolve(), 10);
    });
  }
}
